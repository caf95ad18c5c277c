import type { ChangeSize } from '../../protocol/panelPicture.ts';
import type { Oid } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';

/**
 * How many files and lines differ between pairs of trees, in their order; one git tells of all. null for a pair of which git cannot read
 * a tree. Renamed files count as one gone and one come, as everywhere in our comparisons.
 */
export async function stepSizes(
  { git }: Repository,
  pairs: readonly (readonly [Oid, Oid])[],
): Promise<readonly (ChangeSize | null)[]> {
  if (pairs.length === 0) return [];
  const input = pairs.map(([from, to]) => `${from} ${to}\n`).join('');
  const output = await git.text(
    ['diff-tree', '--stdin', '-r', '--shortstat', '--no-renames', '--no-ext-diff', '--no-textconv'],
    { input: Buffer.from(input) },
  );
  const sizes = parseSizes(output);
  return pairs.map(([from, to]) => sizes.get(`${from} ${to}`) ?? null);
}

/** A line that names both trees, and, where they differ, one that counts, in English: our git runs without a locale. */
export function parseSizes(output: string): ReadonlyMap<string, ChangeSize> {
  const sizes = new Map<string, ChangeSize>();
  let pair: string | null = null;
  for (const line of output.split('\n')) {
    if (/^[0-9a-f]{40,64} [0-9a-f]{40,64}$/.test(line)) {
      pair = line;
      sizes.set(pair, { files: 0, added: 0, deleted: 0 });
    } else if (line.startsWith(' ') && pair !== null) {
      sizes.set(pair, parseCounts(line));
    }
  }
  return sizes;
}

function parseCounts(line: string): ChangeSize {
  const count = (what: RegExp): number => Number(what.exec(line)?.[1] ?? 0);
  return { files: count(/(\d+) files? changed/), added: count(/(\d+) insertion/), deleted: count(/(\d+) deletion/) };
}
