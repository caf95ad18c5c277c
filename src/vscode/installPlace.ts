import * as vscode from 'vscode';
import type { AgentInstall, InstallRequest, InstallResult, InstallScope } from '../install/agentInstall.ts';
import type { LauncherTarget } from '../install/launcher.ts';
import type { InstallChange } from '../install/settingsInstall.ts';
import { failureWords } from './failureWords.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';
import { shortPath } from './shortPath.ts';
import { editorSurroundings } from './surroundings.ts';

const { t } = vscode.l10n;

/** As much as a person reads in a dialog; up to twice of it is shown whole. */
const shownLines = 40;

/** What is needed to write into an agent's settings, and to take it back. */
export interface InstallParts {
  readonly folders: WorkspaceFolders;
  readonly launcher: Promise<LauncherTarget>;
  readonly settings: () => Settings;
  readonly log: Log;
}

/** Installs or removes; a dry run tells what that would change. */
export type InstallWork = (agent: AgentInstall, request: InstallRequest) => Promise<InstallResult>;

/** Where a person wants it, and what it changes there. */
export interface InstallPlace {
  readonly agent: AgentInstall;
  readonly request: InstallRequest;
  readonly change: InstallChange;
}

/** Asks for the place, and tells what the work would change there. */
export async function choosePlace(
  { folders, launcher, settings }: InstallParts,
  root: string | undefined,
  agent: AgentInstall,
  work: InstallWork,
  question: string,
): Promise<InstallPlace | undefined> {
  const folder = root === undefined ? folders.all()[0] : folders.find(root);
  const scope = await pickScope(agent, folder !== undefined, question);
  if (!scope) return undefined;
  const request: InstallRequest = {
    scope,
    projectDir: folder?.root ?? '',
    surroundings: editorSurroundings(settings()),
    launcher: await launcher,
    dryRun: true,
  };
  const preview = await work(agent, request);
  if (preview.ok) return { agent, request, change: preview.value };
  void vscode.window.showErrorMessage(failureWords(preview.failure));
  return undefined;
}

/** Does it, and says so, or why not. */
export async function applyThere(
  { log }: InstallParts,
  what: 'hooks' | 'statusline',
  { agent, request }: InstallPlace,
  work: InstallWork,
  done: () => string | Promise<string>,
): Promise<void> {
  const result = await work(agent, { ...request, dryRun: false });
  if (result.ok) {
    log.info(`[${what}] changed agent=${agent.agent} file=${shortPath(result.value.file)}`);
    void vscode.window.showInformationMessage(await done());
  } else {
    log.warn(`[${what}] refused agent=${agent.agent} reason=${result.failure.reason}`);
    void vscode.window.showErrorMessage(failureWords(result.failure));
  }
}

/** The place that touches the least first. */
async function pickScope(agent: AgentInstall, hasFolder: boolean, question: string): Promise<InstallScope | undefined> {
  const scopes = agent.scopes.filter((scope) => scope === 'user' || hasFolder);
  const items = [...scopes].reverse().map((scope) => ({
    label: scopeWords(scope),
    description: agent.shortFile(scope),
    scope,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: `${agent.title}: ${question}` }))?.scope;
}

function scopeWords(scope: InstallScope): string {
  switch (scope) {
    case 'local':
      return t('This folder, only for me');
    case 'project':
      return t('This folder, for everyone');
    case 'user':
      return t('All my folders');
  }
}

/** The lines that are new, as a person can check them. */
export function changeDetail({ before, after }: InstallChange): { readonly detail: string; readonly isWhole: boolean } {
  const had = new Set((before ?? '').split('\n'));
  const added = (after ?? '').split('\n').filter((line) => !had.has(line));
  const isWhole = added.length <= shownLines * 2;
  const shown = isWhole ? added : [...added.slice(0, shownLines), t('… and {0} more lines', added.length - shownLines)];
  const head =
    before === null ? t('The file is made with this content:') : t('These lines are added; everything else stays:');
  return { detail: [head, '', ...shown].join('\n'), isWhole };
}
