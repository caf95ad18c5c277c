// Poses as the `code` program for @vscode/test-electron: takes its command line, runs the tests in the VS Code server that npm ships and
// in headless Chromium. With SOFT_LANDING_DESKTOP_CODE it passes on to that desktop program instead; the detour is needed because
// test-electron always asks for --disable-workspace-trust, which would make an untrusted folder impossible to test.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startHost } from './vscodeHost.ts';
import { openWorkbench } from './workbench.ts';

const restricted = process.env['SOFT_LANDING_TRUST'] === 'restricted';
const desktop = process.env['SOFT_LANDING_DESKTOP_CODE'];
const seconds = Number(process.env['SOFT_LANDING_SESSION_SECONDS'] ?? 300);
const tooLate = setTimeout(seconds * 1000, 'late' as const, { ref: false });

const code = desktop ? await runDesktop(desktop) : await runServer();
// Nothing may keep a finished run waiting (a browser's pipe, a guardian).
process.exit(code);

async function runDesktop(program: string): Promise<number> {
  const args = process.argv.slice(2).filter((arg) => !(restricted && arg === '--disable-workspace-trust'));
  const child = spawn(program, args, { stdio: 'inherit' });
  void tooLate.then(() => child.kill('SIGKILL'));
  return new Promise((done) => {
    child.once('error', () => done(1));
    child.once('exit', (exitCode) => done(exitCode ?? 1));
  });
}

async function runServer(): Promise<number> {
  const open = process.argv.slice(2).find((arg) => !arg.startsWith('-'));
  const host = await startHost({
    open: open === undefined ? undefined : resolve(open),
    home: process.env['HOME'],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('SOFT_LANDING_'))),
    trust: restricted ? 'restricted' : 'disabled',
    settings: JSON.parse(process.env['SOFT_LANDING_SETTINGS'] ?? '{}') as Record<string, unknown>,
  });
  const stop = (): void => void host.stop().then(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const tests = options('extensionTestsPath')[0];
    const workbench = await openWorkbench(host, {
      extensionDevelopmentPaths: options('extensionDevelopmentPath'),
      ...(tests === undefined ? {} : { extensionTestsPath: tests }),
    });
    const lost = workbench.extensionHostLost.then(() => 'lost' as const);
    const end = await Promise.race([workbench.testsDone, lost, tooLate]);
    await workbench.close();
    keepLogs(host.log(), workbench.consoleLines);
    if (typeof end === 'number') return end;
    const what =
      end === 'lost' ? 'The extension host went away before the tests were done.' : `No end after ${seconds} s.`;
    console.error(what);
    return 2;
  } finally {
    await host.stop();
  }
}

function keepLogs(server: string, page: readonly string[]): void {
  const file = process.env['SOFT_LANDING_SESSION_LOG'];
  if (!file) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, ['--- server', server, '--- page', ...page].join('\n'));
}

function options(name: string): string[] {
  const start = `--${name}=`;
  return process.argv.filter((arg) => arg.startsWith(start)).map((arg) => arg.slice(start.length));
}
