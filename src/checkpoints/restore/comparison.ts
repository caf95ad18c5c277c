import type { Snapshot } from '../capture/snapshot.ts';
import type { Survey } from '../capture/survey.ts';
import { changesBetween, diffFromIndex, diffTrees, type Change } from '../git/changes.ts';
import type { Oid } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';

/**
 * Begins to compare the present state with a tree. git finds the way from HEAD to the tree while the files are read; with what these have
 * otherwise than HEAD that is the answer, and no git has to run after the reading. States that are told by an index alone are compared by it.
 */
export function beginComparison(
  repository: Repository,
  { status: { head } }: Survey,
  tree: Oid,
): (seen: Snapshot) => Promise<readonly Change[]> {
  const way = head === null ? null : diffTrees(repository, head, tree);
  way?.catch(() => undefined);
  return async (seen) => {
    const { againstHead, survey } = seen;
    // Somebody may have committed, and the files were looked at once more.
    if (way === null || againstHead === null || seen.head !== head) return diffFromIndex(repository, seen.index, tree);
    const inHead = new Map(survey.status.entries.map((entry) => [entry.path, entry]));
    return changesBetween(
      againstHead,
      await way,
      (path) => {
        const entry = inHead.get(path);
        return entry ? { mode: entry.headMode, oid: entry.headOid } : null;
      },
      repository.zero,
    );
  };
}
