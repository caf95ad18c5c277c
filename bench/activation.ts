import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { startHost } from '../scripts/host/vscodeHost.ts';
import { openWorkbench } from '../scripts/host/workbench.ts';
import { makeRepository } from '../test/support/repository.ts';
import { runCommand, statusBarItem, until } from '../test/support/workbench.ts';
import { median, printTable } from './figures.ts';

const rounds = 5;
const mostMs = 30;
const root = resolve(import.meta.dirname, '..');

/** Stands in the extension's place, and looks at the clock around what is the extension's own. */
const clock = `
const { performance } = require('node:perf_hooks');
const began = performance.now();
const own = require('./own.cjs');
const read = performance.now() - began;
exports.activate = (context) => {
  const called = performance.now();
  const result = own.activate(context);
  const call = performance.now() - called;
  require('node:fs').writeFileSync(process.env.SOFT_LANDING_REPORT, JSON.stringify({ read, call }));
  return result;
};
`;

interface Activation {
  /** reading the code */
  readonly read: number;
  /** calling `activate` */
  readonly call: number;
  /** what the editor's list of running extensions says */
  readonly said: number;
}

/**
 * What activation takes of the extension host's thread. The editor's own figure stands beside it: between asking for the code and reading
 * it the editor gives other extensions their turn, and counts what they do as well.
 */
export async function activationBench(): Promise<void> {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'sl-bench-activation-')));
  guardFolder(outer);
  const all: Activation[] = [];
  try {
    const extension = withClock(outer);
    for (let round = 0; round < rounds; round += 1) all.push(await activate(outer, extension));
  } finally {
    await removeFolder(outer);
  }
  const row = (name: string, of: (activation: Activation) => number): string[] => {
    const times = all.map(of);
    return [name, ...[Math.min(...times), median(times), Math.max(...times)].map((time) => time.toFixed(1))];
  };
  const own = ({ read, call }: Activation): number => read + call;
  printTable(
    ['activation, in ms', 'least', 'median', 'most'],
    [
      row('reading the code', ({ read }) => read),
      row('calling activate', ({ call }) => call),
      row('both', own),
      row('what the editor says, others’ turns included', ({ said }) => said),
    ],
  );
  const isReached = median(all.map(own)) <= mostMs;
  console.log(`\n   ${isReached ? 'reached' : 'MISSED '}  activation: at most ${mostMs} ms of our own, in the median`);
}

/** The built extension, with a clock around it. */
function withClock(outer: string): string {
  const extension = join(outer, 'extension');
  for (const name of ['package.json', 'package.nls.json', 'l10n', 'media', 'dist']) {
    const filter = (source: string): boolean => !source.endsWith('.vsix');
    cpSync(join(root, name), join(extension, name), { recursive: true, filter });
  }
  renameSync(join(extension, 'dist', 'extension.cjs'), join(extension, 'dist', 'own.cjs'));
  writeFileSync(join(extension, 'dist', 'extension.cjs'), clock);
  return extension;
}

async function activate(outer: string, extension: string): Promise<Activation> {
  const home = mkdtempSync(join(outer, 'home-'));
  mkdirSync(join(home, '.claude'));
  const report = join(home, 'report.json');
  const repository = makeRepository({ files: { 'app.js': 'one\n' } });
  const host = await startHost({ open: repository.dir, home, env: { SOFT_LANDING_REPORT: report } });
  try {
    // High: the list draws only the rows in sight, and the quickest come last.
    const viewport = { width: 1280, height: 2000 };
    const workbench = await openWorkbench(host, { extensionDevelopmentPaths: [extension], viewport });
    const { page } = workbench;
    // With its first text all that follows activation is over.
    await statusBarItem(page, 'softLanding.gauge').waitFor({ timeout: 60_000 });
    await runCommand(page, 'Developer: Show Running Extensions');
    const row = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'soft-landing' });
    let said: string | undefined;
    await until('the editor to say what activation took', async () => {
      said = /(\d+)\s?ms/.exec(await row.locator('.activation-time').innerText())?.[1];
      return said !== undefined;
    });
    await workbench.close();
    const { read, call } = JSON.parse(readFileSync(report, 'utf8')) as Omit<Activation, 'said'>;
    return { read, call, said: Number(said) };
  } finally {
    await host.stop();
    repository.remove();
  }
}
