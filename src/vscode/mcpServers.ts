import path from 'node:path';
import * as vscode from 'vscode';
import type { LauncherTarget } from '../install/launcher.ts';
import type { Settings } from './settings.ts';

/** As the manifest declares it. */
const providerId = 'softLanding.mcp';

/**
 * Offers the editor our MCP server (`mcp.cjs`), through which its agents may ask how much is left. One for each folder, since checkpoints
 * are a folder's; none in untrusted workspaces, where git does not run. Editors without the API go without.
 */
export function registerMcpServers(servers: () => Promise<vscode.McpStdioServerDefinition[]>): vscode.Disposable {
  const lm = languageModels();
  if (typeof lm?.registerMcpServerDefinitionProvider !== 'function') return new vscode.Disposable(() => undefined);
  const changed = new vscode.EventEmitter<void>();
  const provider = lm.registerMcpServerDefinitionProvider(providerId, {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: servers,
  });
  const ask = (): void => changed.fire();
  return vscode.Disposable.from(
    provider,
    changed,
    vscode.workspace.onDidChangeWorkspaceFolders(ask),
    vscode.workspace.onDidGrantWorkspaceTrust(ask),
  );
}

/** What the editor starts: a server for each folder that it has on disk. */
export async function mcpServerDefinitions(
  version: string | undefined,
  launcher: Promise<LauncherTarget>,
  { claudeConfigDirectory }: Pick<Settings, 'claudeConfigDirectory'>,
): Promise<vscode.McpStdioServerDefinition[]> {
  if (!vscode.workspace.isTrusted) return [];
  const { hook, runtimes, stateFolder } = await launcher;
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const env = {
    ELECTRON_RUN_AS_NODE: '1',
    SOFT_LANDING_HOME: stateFolder,
    ...(claudeConfigDirectory === '' ? {} : { CLAUDE_CONFIG_DIR: claudeConfigDirectory }),
  };
  // The bundles lie side by side.
  const program = path.join(path.dirname(hook), 'mcp.cjs');
  return folders.map(
    ({ uri, name }) =>
      new vscode.McpStdioServerDefinition(
        folders.length === 1 ? 'Soft Landing' : `Soft Landing (${name})`,
        runtimes[0] ?? process.execPath,
        [program, '--repo', uri.fsPath],
        env,
        version,
      ),
  );
}

/** Forks of VS Code leave parts of its API out, whatever the types say. */
function languageModels(): Partial<typeof vscode.lm> | undefined {
  return vscode.lm;
}
