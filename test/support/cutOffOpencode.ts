// Run by a Node that has SQLite (nodeWithSqlite.ts): what is said of opencode's sample, as JSON. Arguments: folder of the samples, process.
import type { Evidence } from '../../src/recovery/findInterruption.ts';
import { findInterruption } from '../../src/recovery/findInterruption.ts';
import { readWork } from '../../src/recovery/readWork.ts';
import { opencodeSample } from './interruptionSamples.ts';

const [folder = '', state] = process.argv.slice(2);
const work = await readWork(opencodeSample(folder), 'report');
if (work === null) throw new Error('not read');
const now = Math.max(...work.items.map(({ at }) => at)) + 5000;
const told = {
  at: now,
  reason: 'usage-limit',
  message: 'Usage limit reached for 5 hour.',
  resetsAt: now + 1,
  continuesItself: true,
} as const;
const evidence: Evidence = {
  now,
  process: state === 'ended' ? 'ended' : 'running',
  told: state === 'told' ? told : null,
};
const found = findInterruption(work.items, work.subagents, evidence);
process.stdout.write(
  JSON.stringify({
    reason: found?.reason ?? null,
    continuesItself: found?.continuesItself ?? null,
    cwd: work.place.cwd,
    kinds: work.items.map(({ kind }) => kind),
  }),
);
