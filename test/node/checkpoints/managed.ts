import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { value, type Lab } from './lab.ts';

/** Checkpoints of states in which everything differs, oldest first: each has its own staged state too. */
export async function several(lab: Lab, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    lab.write('a.txt', `state ${at}\n`);
    lab.write('staged.txt', `staged ${at}\n`);
    lab.git('add', 'staged.txt');
    lab.write(`new ${at}.txt`, `new ${at}\n`);
    ids.push((await lab.create(`number ${at}`)).id);
  }
  return ids;
}

/** Everything that must be the same after managing as it was before. */
export function theirs(lab: Lab): unknown {
  return [lab.state(), lab.gitFolder(), lab.git('stash', 'list'), lab.git('log', '--all'), lab.git('reflog', '--all')];
}

/** Newest first. */
export async function idsOf(checkpoints: Checkpoints): Promise<string[]> {
  return value(await checkpoints.list()).map(({ id }) => id);
}
