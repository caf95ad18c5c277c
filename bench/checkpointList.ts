import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsxLoader } from '../scripts/host/tsxLoader.ts';
import { newCheckpointId } from '../src/checkpoints/record/checkpointRecord.ts';
import { generateRepository, type BenchRepository } from './benchRepository.ts';
import { openCheckpoints } from './checkpointMethods.ts';
import { median, printTable } from './figures.ts';
import { runTimed } from './timedProcess.ts';

const count = 10_000;
const targetMs = 150;
const program = fileURLToPath(new URL('listCheckpoints.ts', import.meta.url));

interface Listed {
  readonly listMs: number;
  readonly count: number;
}

/** Listing very many checkpoints, as git's gc leaves them and as they are before, in a new process and in one that lives on. */
export async function listBench(folder: string, env: NodeJS.ProcessEnv, rounds: number): Promise<void> {
  const dir = join(folder, 'repository');
  mkdirSync(dir, { recursive: true });
  const repository = generateRepository(dir, env, 100);
  await makeMany(repository, folder);
  const rows: string[][] = [];
  for (const state of ['every ref and object a file of its own', 'after git gc']) {
    if (state === 'after git gc') repository.git('gc', '--quiet');
    const fresh: number[] = [];
    for (let round = 0; round < rounds; round += 1) fresh.push((await listInNewProcess(repository, env)).listMs);
    const checkpoints = await openCheckpoints(repository.dir);
    const again: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const started = performance.now();
      const list = await checkpoints.list();
      const ms = performance.now() - started;
      if (!list.ok || list.value.length !== count + 1) throw new Error('The list is not complete.');
      if (round >= 0) again.push(ms);
    }
    for (const [where, list] of [
      ['new process', fresh],
      ['again in the same process', again],
    ] as const) {
      const ms = median(list);
      rows.push([`${where}, ${state}`, ms.toFixed(1), `${ms <= targetMs ? 'within' : 'OVER'} ${targetMs}`]);
    }
  }
  printTable([`listing ${count.toLocaleString('en')} checkpoints`, 'median ms', `target: ${targetMs} ms`], rows);
  console.log('   The time of list() alone, without the start of Node.\n');
}

async function listInNewProcess({ dir }: BenchRepository, env: NodeJS.ProcessEnv): Promise<Listed> {
  const args = ['--import', tsxLoader, program, dir];
  const { stdout } = await runTimed({ program: process.execPath, args, cwd: dir, env });
  const listed = JSON.parse(stdout) as Listed;
  if (listed.count !== count + 1) throw new Error('The list is not complete.');
  return listed;
}

/** From one real checkpoint, one a minute, with three processes instead of ten thousand runs of the engine. */
async function makeMany(repository: BenchRepository, folder: string): Promise<void> {
  const checkpoints = await openCheckpoints(repository.dir);
  const made = await checkpoints.create({ kind: 'tool', label: 'Bash: npm test' });
  if (!made.ok) throw new Error(made.failure.message);
  const { id, ref } = made.value;
  const tag = repository.git('cat-file', 'tag', ref);
  const tags = join(folder, 'tags');
  mkdirSync(tags);
  const newest = Date.parse(made.value.createdAt);
  const ids = Array.from({ length: count }, (_, at) => {
    return newCheckpointId(newest - (at + 1) * 60_000, (at % 0xff_ffff).toString(16).padStart(6, '0'));
  });
  const files = ids.map((own, at) => {
    const file = join(tags, String(at));
    writeFileSync(file, tag.replaceAll(id, own));
    return file;
  });
  const git = (args: readonly string[], input: string): string =>
    execFileSync('git', args, { cwd: repository.dir, input, encoding: 'utf8', maxBuffer: 1 << 28 });
  const oids = git(['hash-object', '-t', 'tag', '-w', '--stdin-paths'], `${files.join('\n')}\n`)
    .trim()
    .split('\n');
  const creations = ids.map((own, at) => `create ${ref.replace(id, own)} ${oids[at] ?? ''}\n`);
  git(['update-ref', '--stdin'], creations.join(''));
}
