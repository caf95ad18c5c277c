// Runs mocha inside the real extension host, once per session (sessions.ts), through @vscode/test-electron. The editor is the VS Code that
// npm ships; with SOFT_LANDING_DESKTOP=1 test-electron downloads the desktop one instead ($SOFT_LANDING_DESKTOP_VERSION of it). Arguments select sessions by name.
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { downloadAndUnzipVSCode, runTests, TestRunFailedError } from '@vscode/test-electron';
import { build } from 'esbuild';
import pc from 'picocolors';
import { cacheFolder } from '../../scripts/host/cacheFolder.ts';
import { writeCodeExecutable } from '../../scripts/host/codeExecutable.ts';
import { privateEnvironment } from '../../scripts/host/environment.ts';
import { guardFolder, removeFolder } from '../../scripts/host/guard.ts';
import { installChromium } from '../../scripts/host/installChromium.ts';
import { installHost } from '../../scripts/host/installHost.ts';
import { writeSettings } from '../../scripts/host/quietSettings.ts';
import { writeReport } from '../support/recordRun.ts';
import { judge, parseReport, type TestResult } from '../support/suiteReport.ts';
import { sessions, type Session } from './sessions.ts';

const root = resolve(import.meta.dirname, '..', '..');
const bundles = join(root, 'artifacts', 'host');
// Another extension than this project's own, to try the harness itself.
const extension = process.env['SOFT_LANDING_EXTENSION'] ?? root;

/** Set for every session: where the browser is, or which desktop program to start. */
async function editor(): Promise<Record<string, string>> {
  if (process.env['SOFT_LANDING_DESKTOP'] === '1') {
    const cachePath = join(cacheFolder(), 'desktop');
    const version = process.env['SOFT_LANDING_DESKTOP_VERSION'] ?? 'stable';
    return { SOFT_LANDING_DESKTOP_CODE: await downloadAndUnzipVSCode({ cachePath, version }) };
  }
  await installHost(console.log);
  return { CHROMIUM: await installChromium(console.log) };
}

/** `vscode` comes from the editor, mocha (ESM) is imported at run time; all else is in the bundle, so nothing of tsx is needed inside. */
async function bundle(): Promise<void> {
  rmSync(bundles, { recursive: true, force: true });
  await build({
    entryPoints: [join(root, 'test/host/suite/index.ts'), join(root, 'test/host/suite/**/*.test.ts')],
    outdir: bundles,
    outbase: join(root, 'test/host/suite'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

async function runSession(session: Session, shared: Record<string, string>): Promise<TestResult[]> {
  // A short path: sockets in it may not be longer than about 100 characters.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sl-host-')));
  guardFolder(folder);
  const prepared = session.prepare();
  const report = join(folder, 'report.json');
  const userData = join(folder, 'user');
  writeSettings(userData, { 'security.workspace.trust.enabled': session.trust === 'restricted', ...session.settings });
  const started = Date.now();
  let code: number | null = 0;
  try {
    await runTests({
      vscodeExecutablePath: writeCodeExecutable(folder),
      extensionDevelopmentPath: extension,
      extensionTestsPath: join(bundles, 'index.cjs'),
      launchArgs: [
        ...(prepared.open === null ? [] : [prepared.open]),
        ...[`--user-data-dir=${userData}`, `--extensions-dir=${join(folder, 'extensions')}`],
      ],
      extensionTestsEnv: {
        ...onlyPrivate(join(folder, 'home')),
        ...shared,
        SOFT_LANDING_TRUST: session.trust,
        // For the server, which has a profile of its own; the desktop program reads the one above.
        SOFT_LANDING_SETTINGS: JSON.stringify(session.settings ?? {}),
        ...(session.seconds === undefined ? {} : { SOFT_LANDING_SESSION_SECONDS: String(session.seconds) }),
        SOFT_LANDING_SUITE: join(bundles, session.name),
        SOFT_LANDING_REPORT: report,
        SOFT_LANDING_SESSION_LOG: logOf(session),
      },
    });
  } catch (error) {
    code = error instanceof TestRunFailedError ? (error.code ?? null) : null;
    if (!(error instanceof TestRunFailedError)) console.error(error);
  }
  const text = existsSync(report) ? readFileSync(report, 'utf8') : null;
  prepared.remove();
  await removeFolder(folder);
  return resultsOf(session, code, text, Date.now() - started);
}

/** What server and workbench, and with them the extension, print to their consoles. */
function logOf(session: Session): string {
  return join(root, 'artifacts', 'host-logs', `${session.name}.log`);
}

/** What test-electron adds to this process's environment: the private one, with everything else of ours taken back. */
function onlyPrivate(home: string): Record<string, string | undefined> {
  const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  return { ...nothing, ...privateEnvironment(home) };
}

/** The session's tests, and, when the run as a whole went wrong, that as one more failed test. */
function resultsOf(session: Session, code: number | null, text: string | null, milliseconds: number): TestResult[] {
  const { problem } = judge(code, text);
  const tests = (text === null ? null : parseReport(text))?.tests ?? [];
  const own: TestResult[] =
    problem === null ? [] : [{ title: 'the session', state: 'failed', milliseconds, error: problem }];
  return [...tests, ...own].map((test) => ({ ...test, title: `[${session.name}] ${test.title}` }));
}

function print(session: Session, results: readonly TestResult[], milliseconds: number): void {
  for (const { title, state, milliseconds: took, error } of results) {
    console.log(`  ${state === 'passed' ? pc.green('✔') : pc.red('✖')} ${title} ${pc.dim(`(${Math.round(took)}ms)`)}`);
    if (error !== null) console.log(pc.red(error.replace(/^/gm, '      ')));
  }
  if (results.some((test) => test.state !== 'passed')) console.log(`  What the editor printed: ${logOf(session)}`);
  console.log(pc.dim(`  session: ${(milliseconds / 1000).toFixed(1)} s`));
}

/** One session after the other. */
async function runTrack(track: readonly Session[]): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const session of track) {
    const started = Date.now();
    const tests = await runSession(session, shared);
    console.log(pc.bold(`\n  ${session.name}`));
    print(session, tests, Date.now() - started);
    results.push(...tests);
  }
  return results;
}

const names = process.argv.slice(2);
const folders = readdirSync(join(root, 'test/host/suite'), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);
const strays = [...folders.map((entry) => basename(entry.name)), ...names].filter(
  (name) => !sessions.some((session) => session.name === name),
);
if (strays.length > 0) throw new Error(`no session of this name in sessions.ts: ${strays.join(', ')}`);

const [shared] = await Promise.all([editor(), bundle()]);
const chosen = sessions.filter(({ name }) => names.length === 0 || names.includes(name));
const tracks = [true, false].map((isPatient) => chosen.filter((one) => (one.isPatient === true) === isPatient));
const results = (await Promise.all(tracks.map(runTrack))).flat();
writeReport(process.env['SOFT_LANDING_REPORT'] ?? join(root, 'artifacts', 'reports', 'host.json'), { tests: results });
process.exit(results.length > 0 && results.every((test) => test.state === 'passed') ? 0 : 1);
