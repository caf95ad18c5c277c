import { measureBurst, watcherLagMs, type BurstSize, type Suspicion } from './burst.ts';
import { diffTrees } from '../git/changes.ts';
import type { CheckpointPurpose, StoredCheckpoint } from '../record/checkpointRecord.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import { rewriteTag } from '../record/checkpointRefs.ts';
import { rawPath } from '../git/git.ts';
import { didGitMoveFiles, wasIndexWritten } from './gitMoves.ts';
import { compareStates, stateOf } from '../view/inspect.ts';
import { rememberState } from '../record/lastState.ts';
import { deleteNamed } from '../keep/managing.ts';
import type { Repository } from '../git/repository.ts';

/** How the editor saves a state that nobody asked it to save. */
export const ambientPurpose: CheckpointPurpose = { kind: 'ambient', label: 'Ambient checkpoint' };

const burstLabel = 'Before a burst of edits';

/** Made by the editor and by nobody touched since: what a person named or pinned, or an agent's hook made its own, is theirs. */
function isPlain({ record, label }: StoredCheckpoint): boolean {
  return record.kind === 'ambient' && label === ambientPurpose.label && record.pinned !== true && !record.verified;
}

export interface BurstReport {
  readonly suspicion: Suspicion;
  /** the checkpoint made when it was over */
  readonly after: string;
  /** a checkpoint known to have been complete before the first of the edits reached the disk; null: only its time tells */
  readonly knownBefore: string | null;
}

/**
 * Says of the checkpoint from before a suspected burst what it is, if the files show a burst which neither git nor we caused. Answers
 * that checkpoint's id; null: nothing was said.
 */
export async function markBurst(repository: Repository, report: BurstReport): Promise<string | null> {
  const { suspicion } = report;
  const all = await listCheckpoints(repository);
  const at = all.findIndex(({ record }) => record.id === report.after);
  const after = all[at];
  const before = after && checkpointBefore(all.slice(at + 1), report);
  if (!before || !isPlain(before)) return null;
  if (await isGits(repository, before, after, suspicion)) return null;
  const { changes } = await compareStates(repository, stateOf(before), stateOf(after));
  const size = measureBurst(suspicion, changes);
  if (!size) return null;
  const typed = new Set(suspicion.typed);
  const paths = changes.map(({ path }) => path).filter((path) => !typed.has(path));
  if (await wentBack(repository, after, paths, suspicion)) return null;
  const record = { ...before.record, tool: describe(size) };
  await rewriteTag(repository, { ...before, label: burstLabel, record });
  await rememberState(repository, all[0]?.record.id ?? '', null);
  return before.record.id;
}

/** Lists show it after the word "before". */
function describe({ files, lines }: BurstSize): string {
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  return `${count(files, 'file')}, ${count(lines, 'line')} changed within seconds (a guess)`;
}

/**
 * The newest checkpoint that was whole before the burst. One that was made while the first events were still on their way may hold
 * a part of it. Behind a checkpoint that is not the editor's own there is nothing to say: that one names its reason itself (a reset,
 * an agent's hook, a person).
 */
function checkpointBefore(
  older: readonly StoredCheckpoint[],
  { suspicion, knownBefore }: BurstReport,
): StoredCheckpoint | undefined {
  for (const checkpoint of older) {
    if (checkpoint.record.kind !== 'ambient') return undefined;
    const isEarly = checkpoint.createdAt <= suspicion.from - watcherLagMs;
    if (isEarly || checkpoint.record.id === knownBefore) return checkpoint;
  }
  return undefined;
}

async function isGits(
  repository: Repository,
  { record: before }: StoredCheckpoint,
  { record: after }: StoredCheckpoint,
  { from, to }: Suspicion,
): Promise<boolean> {
  return before.branch !== after.branch || (await didGitMoveFiles(repository, from, to));
}

/** `git restore` and `git checkout -- FILES`: every file is now what the last commit has, and git wrote its index. */
async function wentBack(
  repository: Repository,
  { record, tree }: StoredCheckpoint,
  paths: readonly string[],
  { from, to }: Suspicion,
): Promise<boolean> {
  if (record.head === null || !(await wasIndexWritten(repository, from, to))) return false;
  const differing = new Set((await diffTrees(repository, record.head, tree)).map(({ path }) => path));
  return !paths.some((path) => differing.has(rawPath(path)));
}

/**
 * Lets go of a checkpoint that later ones of the same typing have made superfluous, unless somebody has made it theirs meanwhile.
 * Answers whether it went.
 */
export async function dropSuperseded(repository: Repository, id: string): Promise<boolean> {
  const all = await listCheckpoints(repository);
  const found = all.findIndex(({ record }) => record.id === id);
  const checkpoint = all[found];
  // The newest stays, whatever it is.
  if (!checkpoint || found === 0 || !isPlain(checkpoint)) return false;
  await deleteNamed(repository, [id]);
  return true;
}
