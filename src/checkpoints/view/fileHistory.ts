import type { StoredCheckpoint } from '../record/checkpointRecord.ts';
import { diffTree, pathspecs, versionsOf, withPatterns, type FileVersion } from './inspect.ts';
import type { Repository } from '../git/repository.ts';

/** A version of a file, and what it changed against the version before it; null: binary, or there is none before. */
export interface CountedVersion extends FileVersion {
  readonly lines: { readonly added: number; readonly deleted: number } | null;
}

/** The versions of a file among a list of checkpoints, newest first, each with its lines counted: three git calls in all. */
export async function countedVersions(
  repository: Repository,
  newestFirst: readonly StoredCheckpoint[],
  path: string,
): Promise<CountedVersion[]> {
  const versions = await versionsOf(repository, newestFirst, path);
  const pairs = versions.slice(0, -1).map(({ checkpoint }, at) => ({
    from: versions[at + 1]?.checkpoint.tree ?? '',
    to: checkpoint.tree,
  }));
  const output =
    pairs.length === 0
      ? ''
      : await repository.git.text(
          [...diffTree, '--stdin', '-z', '--numstat', '--no-renames', '--', ...pathspecs([path])],
          { input: pairs.map(({ from, to }) => `${from} ${to}\n`).join(''), env: withPatterns },
        );
  // For each pair a line that names the two trees, then what differs. By the trees, as one pair may come twice.
  const counts = new Map<string, CountedVersion['lines']>();
  for (const [, trees = '', added, deleted] of output.matchAll(
    /(?:^|\0)([0-9a-f]{40,} [0-9a-f]{40,})\n(\d+)\t(\d+)\t/g,
  )) {
    counts.set(trees, { added: Number(added), deleted: Number(deleted) });
  }
  return versions.map((version, at) => {
    const pair = pairs[at];
    return { ...version, lines: (pair && counts.get(`${pair.from} ${pair.to}`)) ?? null };
  });
}
