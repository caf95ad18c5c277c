import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateRepository, type BenchRepository } from './benchRepository.ts';
import { openCheckpoints } from './checkpointMethods.ts';
import { printTable } from './figures.ts';

const measured = 20;
const simulatedDays = 40;
const perDay = 25;
const day = 86_400_000;

/** What checkpoints of five edits take, one by one, and after a thousand of them over 40 days, with the retention policy run each day. */
export async function diskBench(folder: string, env: NodeJS.ProcessEnv, fileCount: number): Promise<void> {
  const dir = join(folder, 'repository');
  mkdirSync(dir, { recursive: true });
  const repository = generateRepository(dir, env, fileCount);
  const checkpoints = await openCheckpoints(dir);
  const create = async (): Promise<void> => {
    repository.change(5);
    const made = await checkpoints.create({ kind: 'tool', label: 'Edit: file.ts' });
    if (!made.ok || made.value.unchanged) throw new Error('No checkpoint was made.');
  };
  const kept = async (): Promise<{ readonly kept: number; readonly bytes: number }> => {
    const pruned = await checkpoints.keeping.prune({ dryRun: true });
    if (!pruned.ok) throw new Error(pruned.failure.message);
    return pruned.value;
  };

  const before = looseObjects(repository);
  for (let number = 0; number < measured; number += 1) await create();
  const after = looseObjects(repository);
  const each = (total: number): string => (total / measured).toFixed(0);
  const rows = [
    ['one checkpoint of 5 edits: new objects', each(after.count - before.count)],
    ['…bytes of these objects', each((await kept()).bytes)],
    ['…bytes on disk, in whole blocks', each(after.bytes - before.bytes)],
  ];
  repository.git('gc', '--quiet');
  rows.push(['…bytes after git gc', each((await kept()).bytes)]);

  // The clock of these days is simulated: ids carry the time, and the policy goes by them.
  const realNow = Date.now;
  const start = realNow() - simulatedDays * day;
  let now = start;
  Date.now = () => now;
  try {
    for (const old of (await listIds(checkpoints)) ?? []) await checkpoints.keeping.delete([old]);
    for (let number = 0; number < simulatedDays * perDay; number += 1) {
      // A working day's worth each day.
      now = start + Math.floor(number / perDay) * day + (number % perDay) * (day / 3 / perDay);
      await create();
      if (number % perDay === perDay - 1) await checkpoints.keeping.prune();
    }
  } finally {
    Date.now = realNow;
  }
  const refs = repository.git('for-each-ref', '--format=x', 'refs/soft-landing').split('\n').length - 1;
  const { kept: left, bytes } = await kept();
  const loose = looseObjects(repository);
  repository.git('gc', '--quiet', '--prune=now');
  const packed = await kept();
  rows.push(
    [`after ${simulatedDays * perDay} in ${simulatedDays} days, pruned daily: checkpoints left`, String(left)],
    ['…refs', String(refs)],
    ['…bytes that these hold', bytes.toLocaleString('en')],
    ['…bytes on disk before git gc, those let go of included', loose.bytes.toLocaleString('en')],
    ['…bytes that they hold after git gc', packed.bytes.toLocaleString('en')],
  );
  printTable([`disk, ${fileCount.toLocaleString('en')} files`, ''], rows);
  console.log('');
}

async function listIds(checkpoints: Awaited<ReturnType<typeof openCheckpoints>>): Promise<readonly string[] | null> {
  const list = await checkpoints.list();
  return list.ok ? list.value.map(({ id }) => id) : null;
}

function looseObjects(repository: BenchRepository): { readonly count: number; readonly bytes: number } {
  const facts = repository.git('count-objects', '-v');
  const fact = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(facts)?.[1]);
  return { count: fact('count'), bytes: fact('size') * 1024 };
}
