// `npm start`: opens VS Code with this extension, on a demo repository or (`npm start -- FOLDER`) on a folder of yours.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeDemoRepository, playDemoFlight } from './demoFlight.ts';
import { guardFolder, stopEverything } from './host/guard.ts';
import { installHost } from './host/installHost.ts';
import { findOnPath } from './host/programs.ts';
import { runNpm } from './host/runProgram.ts';
import { startHost } from './host/vscodeHost.ts';
import { findDesktopCode, hasDisplay, openDesktop } from './start/desktop.ts';
import { lifetime } from './start/lifetime.ts';

const root = resolve(import.meta.dirname, '..');
const folderOfPerson = process.argv[2];
const end = lifetime();
const stopSteps: (() => Promise<void>)[] = [];

/** What is shown: the person's folder with their own home, or the demo's with a home of its own. */
interface Scene {
  readonly folder: string;
  readonly home: string | null;
  readonly stateFolder: string | null;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Readonly<Record<string, unknown>>;
}

const failure = await Promise.race([run().then(noError, asError), aborted()]);
if (failure !== null) console.error(`\n${failure.message}`);
else if (end.aborted) say('\nStopping VS Code and removing the temporary folders.');
for (const step of stopSteps) await step();
await stopEverything();
process.exit(failure === null ? 0 : 1);

async function run(): Promise<void> {
  const code = findDesktopCode();
  const what = folderOfPerson ?? 'a demo repository';
  const where = code === null ? 'your browser (no desktop VS Code was found)' : 'VS Code';
  say(`Soft Landing: building the extension, then opening ${what} in ${where}. Ctrl-C stops it.`);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-start-')));
  guardFolder(scratch);
  const scene = folderOfPerson === undefined ? await demoScene(scratch) : personScene(folderOfPerson);
  if (code !== null) await showInDesktop(code, scene, scratch);
  else await showInBrowser(scene);
}

async function demoScene(scratch: string): Promise<Scene> {
  const [folder, home] = [join(scratch, 'harbour-board'), join(scratch, 'home')];
  const stateFolder = join(scratch, 'state');
  mkdirSync(home);
  await makeDemoRepository(folder);
  const settings = {
    'security.workspace.trust.enabled': false,
    // What the demo's agent uses ends inside the reserve of this budget.
    'softLanding.budgets': { tokensPerSession: 100_000 },
  };
  // Nothing of an extension opens by itself; a newcomer who asked to see it is spared the search for it.
  const env = { SOFT_LANDING_HOME: stateFolder, SOFT_LANDING_OPEN_PANEL: '1' };
  return { folder, home, stateFolder, env, settings };
}

function personScene(path: string): Scene {
  const folder = resolve(process.env['INIT_CWD'] ?? '', path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Error(`There is no folder ${folder}.`);
  // Whether this folder is trusted is for the person to say, as it is in their own VS Code.
  const settings = {
    'security.workspace.trust.enabled': true,
    'security.workspace.trust.startupPrompt': 'once',
    'softLanding.checkpoints.ambient': { enabled: true },
  };
  return { folder: realpathSync(folder), home: null, stateFolder: null, env: {}, settings };
}

async function showInDesktop(code: string, scene: Scene, scratch: string): Promise<void> {
  await runNpm(['run', 'build'], { cwd: root });
  await installHooks(scene);
  const home = scene.home === null ? {} : { HOME: scene.home, USERPROFILE: scene.home };
  const { folder, settings } = scene;
  const window = openDesktop(code, { root, folder, scratch, settings, env: { ...home, ...scene.env } });
  stopSteps.push(() => window.stop());
  // There is no sign from outside that the window is drawn.
  if (scene.home !== null) void wait(8000).then(() => play(scene));
  await window.closed;
}

async function showInBrowser(scene: Scene): Promise<void> {
  const installing = installHost((line) => say(line));
  // Packaged and installed: only so does the server's VS Code load an extension by itself.
  await Promise.all([runNpm(['run', 'package'], { cwd: root }), installing]);
  await installHooks(scene);
  const host = await startHost({
    open: scene.folder,
    vsix: [join(root, 'dist', 'soft-landing.vsix')],
    env: scene.env,
    settings: scene.settings,
    port: fixedPort(),
    // A person's files are behind this address, and every user of the machine can reach the port.
    token: randomBytes(24).toString('hex'),
    ...(scene.home === null ? { asPerson: true, trust: 'restricted' } : { home: scene.home }),
  });
  stopSteps.push(() => host.stop());
  say(`\nVS Code is at  ${host.url}\n`);
  openInBrowser(host.url);
  if (scene.home !== null) {
    say('The demo begins when that page is open.');
    while (!host.log().includes('ExtensionHostConnection] New connection established')) await wait(200);
    // The workbench is drawn before its extensions run.
    await wait(4000);
    await play(scene);
  }
  await new Promise(() => undefined);
}

/** Into the demo's own home, before the window opens: the panel then has nothing to ask for. */
async function installHooks({ folder, home, env }: Scene): Promise<void> {
  if (home === null) return;
  const args = [
    join(root, 'dist', 'cli.cjs'),
    'install',
    'claude',
    '--scope',
    'user',
    '--repo',
    folder,
    '--home',
    home,
  ];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
}

async function play(scene: Scene): Promise<void> {
  if (scene.home === null || scene.stateFolder === null || isEnding()) return;
  const { folder: repo, home, stateFolder } = scene;
  const [hook, cli] = [join(root, 'dist', 'hook.cjs'), join(root, 'dist', 'cli.cjs')];
  // Slow enough to follow; a test has no eyes and sets this.
  const stepMilliseconds = Number(process.env['SOFT_LANDING_DEMO_STEP_MS'] ?? 3000);
  const log = (line: string): void => say(`  ${line}`);
  try {
    await playDemoFlight({ repo, home, stateFolder, hook, cli, signal: end, log, stepMilliseconds });
    if (isEnding()) return;
    say('The demo is over; VS Code stays open. Ctrl-C stops it.');
  } catch (error) {
    console.error(`The demo broke off: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A function, because it changes between two looks at it. */
function isEnding(): boolean {
  return end.aborted;
}

function fixedPort(): number | undefined {
  const text = process.env['SOFT_LANDING_PORT'];
  if (!text) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`SOFT_LANDING_PORT is not a port: ${text}`);
  return port;
}

function openInBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const program = hasDisplay() ? findOnPath(opener) : null;
  if (program === null) return;
  spawn(program, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

function aborted(): Promise<null> {
  return new Promise((resolve_) => {
    const finish = (): void => resolve_(null);
    if (end.aborted) finish();
    else end.addEventListener('abort', finish, { once: true });
  });
}

function noError(): null {
  return null;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function say(line: string): void {
  console.log(line);
}
