// A process with nothing but the usage worker, so that what the process uses is what the worker uses. Arguments: the worker's bundle, a file
// with what to wait for. Prints LiveFigures (usageLive.ts).
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { unpackedUsage, type PackedUsage } from '../src/protocol/packedUsage.ts';
import type { UsageSnapshot } from '../src/protocol/usage.ts';
import type { UsageWorkerData } from '../src/usage/workerData.ts';
import { todaysTurn } from './todaysTurn.ts';
import type { LiveFigures } from './usageLive.ts';

const turns = 15;
const [, , bundle = '', options = ''] = process.argv;
const wanted = JSON.parse(readFileSync(options, 'utf8')) as {
  readonly responses: number;
  readonly today: number;
  readonly file: string | null;
};

const workerData: UsageWorkerData = {
  home: process.env['HOME'] ?? '',
  env: { ...process.env },
  platform: process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux',
  sinceMs: null,
};
const started = performance.now();
const worker = new Worker(bundle, { workerData });
worker.once('error', (error) => {
  throw error;
});
let onSnapshot: (snapshot: UsageSnapshot) => void = () => undefined;
worker.on('message', (packed: PackedUsage) => onSnapshot(unpackedUsage(packed)));

const first = await until((snapshot) => responsesOf(snapshot, 'today') >= wanted.today);
const todayMs = performance.now() - started;
const responsesThen = responsesOf(first);
let allMs: number | null = null;
const appends: { cpuMs: number; wallMs: number }[] = [];
if (wanted.file !== null) {
  if (responsesThen < wanted.responses + wanted.today) {
    await until((snapshot) => responsesOf(snapshot) >= wanted.responses + wanted.today);
  }
  allMs = performance.now() - started;
  // A second look follows the first, for what came between finding folders and watching them.
  await wait(4000);
  for (let turn = 0; turn < turns; turn += 1) {
    const text = todaysTurn(1000 + turn, 'grown');
    const [used, began] = [process.cpuUsage(), performance.now()];
    appendFileSync(wanted.file, text);
    await until((snapshot) => responsesOf(snapshot, 'grown') === turn + 1);
    const { user, system } = process.cpuUsage(used);
    appends.push({ cpuMs: (user + system) / 1000, wallMs: performance.now() - began });
    await wait(700);
  }
}
const figures: LiveFigures = { todayMs, responsesThen, allMs, appends };
process.stdout.write(JSON.stringify(figures), () => process.exit(0));

function until(isThere: (snapshot: UsageSnapshot) => boolean): Promise<UsageSnapshot> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the worker told nothing of it within two minutes')), 120_000);
    onSnapshot = (snapshot) => {
      if (!isThere(snapshot)) return;
      clearTimeout(late);
      onSnapshot = () => undefined;
      resolve(snapshot);
    };
  });
}

function responsesOf({ sessions }: UsageSnapshot, sessionId?: string): number {
  const own = sessionId === undefined ? sessions : sessions.filter((session) => session.sessionId === sessionId);
  return own.reduce((sum, { responses }) => sum + responses, 0);
}
