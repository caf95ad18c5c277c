import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { plainEnvironment, privateEnvironment } from './environment.ts';
import { guardFolder, guardGroup, ownGroup, removeFolder, stopGroup } from './guard.ts';
import { installHost, type InstalledHost } from './installHost.ts';
import { writeSettings } from './quietSettings.ts';
import { runProgram } from './runProgram.ts';

export interface HostOptions {
  /** what the window shows: a folder, a `.code-workspace` file, or, when absent, nothing */
  readonly open?: string | undefined;
  /** merged over the quiet settings */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** set on top of the environment of server and extension host */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** packages to install first, as a user would */
  readonly vsix?: readonly string[];
  /** a home folder to use (and to keep) instead of an empty one of the host's own */
  readonly home?: string | undefined;
  /** the person's own environment and home instead of a private one: for `npm start -- FOLDER` only, never in tests */
  readonly asPerson?: boolean;
  /** `restricted`: workspace trust is on and the folder is not trusted, until somebody says so. Without it everything is trusted. */
  readonly trust?: 'disabled' | 'restricted';
  /** a free one when absent */
  readonly port?: number | undefined;
  /** asked of every visitor; without one anybody on this machine gets in, which is right only for tests */
  readonly token?: string;
}

/** A running VS Code server on 127.0.0.1. */
export interface VscodeHost {
  readonly origin: string;
  readonly url: string;
  /** its own temporary folder: profile, extensions, home */
  readonly folder: string;
  readonly home: string;
  readonly extensions: string;
  readonly pid: number;
  /** what the server printed */
  log(): string;
  stop(): Promise<void>;
}

/** Starts a VS Code server with a profile, extensions folder, home and port of its own. */
export async function startHost(options: HostOptions = {}): Promise<VscodeHost> {
  const installed = await installHost();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-vscode-')));
  guardFolder(folder);
  const place = (name: string): string => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const home = options.home ?? place('home');
  const extensions = place('extensions');
  const environment = hostEnvironment(options, home, place('tmp'));
  const folders = [
    ...['--user-data-dir', userData(place('user'), options)],
    ...['--extensions-dir', extensions],
    ...['--server-data-dir', place('server')],
  ];
  let child: ChildProcess | null = null;
  const stop = async (): Promise<void> => {
    if (child !== null) await stopGroup(child);
    await removeFolder(folder);
  };
  try {
    for (const file of options.vsix ?? []) await installExtension(installed, file, folders, folder, environment);
    // A group of its own, so that stop() ends the whole tree: extension host, terminals' host, file watcher.
    const args = [installed.serverMain, ...folders, ...serverArguments(options)];
    child = spawn(installed.node, args, {
      cwd: folder,
      env: environment,
      ...ownGroup,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    guardGroup(child);
    const server = child;
    const output = collect(server);
    const origin = `http://127.0.0.1:${await listeningPort(server, output)}`;
    const url = `${origin}/?${query(options)}`;
    return { origin, url, folder, home, extensions, pid: server.pid ?? 0, log: output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function hostEnvironment(options: HostOptions, home: string, temporary: string): NodeJS.ProcessEnv {
  // XDG_RUNTIME_DIR is where VS Code and git put their sockets.
  const own =
    options.asPerson === true
      ? plainEnvironment()
      : { ...privateEnvironment(home), TMPDIR: temporary, XDG_RUNTIME_DIR: temporary };
  // An empty gallery: the server asks no marketplace.
  return { ...own, EXTENSIONS_GALLERY: '{}', ...options.env };
}

function userData(folder: string, options: HostOptions): string {
  writeSettings(folder, { 'security.workspace.trust.enabled': options.trust === 'restricted', ...options.settings });
  return folder;
}

function serverArguments(options: HostOptions): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...(options.token === undefined ? ['--without-connection-token'] : ['--connection-token', options.token]),
    ...['--accept-server-license-terms', '--telemetry-level', 'off', '--disable-update-check'],
    '--disable-getting-started-override',
    ...(options.trust === 'restricted' ? [] : ['--disable-workspace-trust']),
    // A login shell would put the machine's PATH over the one given here.
    ...(options.asPerson === true ? [] : ['--force-disable-user-env']),
  ];
}

/** The address's query: what to open, and the token where one is asked. */
function query(options: HostOptions): string {
  const parts = new URLSearchParams();
  if (options.token !== undefined) parts.set('tkn', options.token);
  if (options.open === undefined) parts.set('ew', 'true');
  else parts.set(options.open.endsWith('.code-workspace') ? 'workspace' : 'folder', realpathSync(options.open));
  return parts.toString();
}

async function installExtension(
  installed: InstalledHost,
  file: string,
  folders: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const args = ['--install-extension', resolve(file), '--accept-server-license-terms'];
  await runProgram(installed.node, [installed.serverMain, ...args, ...folders], { cwd, env });
}

function collect(child: ChildProcess): () => string {
  let output = '';
  const add = (data: Buffer): void => {
    // The last part is what explains a failure; a window left open for days must not fill the memory.
    output = (output + data.toString()).slice(-200_000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => output;
}

async function listeningPort(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new Error(`The VS Code server ${what}:\n${output().slice(-2000)}`));
    };
    const timer = setTimeout(() => fail('was not listening after 60 s'), 60_000);
    child.stdout?.on('data', () => {
      const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolvePort(Number(port));
    });
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('exit', (code, signal) => fail(`ended at once (${code ?? signal})`));
  });
}
