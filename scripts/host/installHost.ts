import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { cacheFolder } from './cacheFolder.ts';
import { installOnce } from './installOnce.ts';
import { isOnPath } from './programs.ts';
import { runNpm } from './runProgram.ts';

/** code-server 4.139.1 ships the server and workbench of VS Code 1.139.1, and wants Node 24. */
const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';

/** The VS Code server that npm ships, with a Node of its own. */
export interface InstalledHost {
  readonly folder: string;
  readonly node: string;
  readonly serverMain: string;
}

/** Installs the VS Code server into the cache unless it is there already, and says where it is. */
export async function installHost(log: (line: string) => void = () => undefined): Promise<InstalledHost> {
  const folder = join(cacheFolder(), `vscode-${codeServerVersion}-node-${nodeVersion}-${platformName()}`);
  await installOnce(folder, async (partial) => {
    const started = Date.now();
    log('downloading VS Code 1.139 from npm (about 250 MB, once)');
    await fill(hostIn(partial), log);
    log(`VS Code is installed in the cache (${Math.round((Date.now() - started) / 1000)} s)`);
  });
  return hostIn(folder);
}

function hostIn(folder: string): InstalledHost {
  const node = join(folder, 'node_modules', `node-${platformName()}`, 'bin');
  return {
    folder,
    node: join(node, process.platform === 'win32' ? 'node.exe' : 'node'),
    serverMain: join(vscodeIn(folder), 'out', 'server-main.js'),
  };
}

function vscodeIn(folder: string): string {
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
}

/** As the npm packages node-<platform>-<arch> are named. */
function platformName(): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `${platform}-${process.arch}`;
  if (!['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win-x64'].includes(name)) {
    throw new Error(`npm ships no Node ${nodeVersion} for ${name}, so the VS Code server cannot run on this machine.`);
  }
  return name;
}

async function fill(host: InstalledHost, log: (line: string) => void): Promise<void> {
  const vscode = vscodeIn(host.folder);
  await writeFile(join(host.folder, 'package.json'), '{ "private": true }\n');
  // No install scripts: code-server's compiles kerberos, which downloads from GitHub or needs its headers. Nothing native is needed.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const packages = [`code-server@${codeServerVersion}`, `node-${platformName()}@${nodeVersion}`];
  await runNpm(['install', ...quiet, ...packages], { cwd: host.folder });
  // VS Code's own dependencies; code-server would install them from the install script that was not run. Not `npm ci`: its lock is stale.
  await runNpm(['install', '--omit=dev', ...quiet], { cwd: vscode, ...onNode(host) });
  await compileLogging(host, log);
  await prune(host);
}

/** The private Node first on the PATH, so that npm and node-gyp run on the version the modules are for. */
function onNode(host: InstalledHost): { node: string; env: NodeJS.ProcessEnv } {
  const path = `${dirname(host.node)}${delimiter}${process.env['PATH'] ?? ''}`;
  return { node: host.node, env: { ...process.env, PATH: path, JOBS: 'max' } };
}

/** spdlog writes VS Code's log files and with them the text of every output channel. It is the one module that has to be compiled. */
async function compileLogging(host: InstalledHost, log: (line: string) => void): Promise<void> {
  const tools = ['make', 'g++', 'python3'];
  const missing = tools.filter((tool) => !isOnPath(tool) && !(tool === 'g++' && isOnPath('c++')));
  const cost = 'Output channels of this VS Code stay empty; everything else works, and no test depends on their text.';
  const redo = `To have them, install what is missing and remove the folder ${host.folder.replace(/\.partial-\d+$/, '')}.`;
  if (missing.length > 0) {
    log(`not compiling VS Code's logging module: ${missing.join(', ')} not found. ${cost} ${redo}`);
    return;
  }
  const nodeFolder = join(host.folder, 'node_modules', `node-${platformName()}`);
  // --nodedir: the headers are in the npm package, so node-gyp has nothing to download.
  const args = ['rebuild', `--nodedir=${nodeFolder}`, '--loglevel=error', '@vscode/spdlog', '@vscode/native-watchdog'];
  try {
    await runNpm(args, { cwd: vscodeIn(host.folder), ...onNode(host) });
  } catch (error) {
    log(`VS Code's logging module did not compile. ${cost} ${redo}\n${String(error)}`);
  }
}

/** Removes what only costs disk: 760 MB become 360 MB. */
async function prune(host: InstalledHost): Promise<void> {
  const vscode = vscodeIn(host.folder);
  const own = `${process.platform}-${process.arch}`;
  const ripgrep = join(vscode, 'node_modules', '@vscode', 'ripgrep-universal', 'bin');
  const pty = join(vscode, 'node_modules', 'node-pty');
  const nodeFolder = join(host.folder, 'node_modules', `node-${platformName()}`);
  const unused = [
    ...['@github', '@microsoft/mxc-sdk'].map((name) => join(vscode, 'node_modules', name)),
    ...['copilot', 'mermaid-markdown-features'].map((name) => join(vscode, 'extensions', name)),
    ...(await foreignEntries(ripgrep, own)),
    ...(await foreignEntries(join(pty, 'prebuilds'), own)),
    ...['third_party', 'deps'].map((name) => join(pty, name)),
    ...['include', 'share', 'CHANGELOG.md'].map((name) => join(nodeFolder, name)),
  ];
  await Promise.all(unused.map((path) => rm(path, { recursive: true, force: true })));
}

async function foreignEntries(folder: string, own: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).filter((name) => name !== own).map((name) => join(folder, name));
}
