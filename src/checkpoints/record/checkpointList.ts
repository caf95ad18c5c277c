import { listFormat, parseList, parseNewer, type NewerCheckpoint, type StoredCheckpoint } from './checkpointRecord.ts';
import { CheckpointError } from '../failure.ts';
import { GitError } from '../git/git.ts';
import { keepListMemory, listStamp, readListMemory, refStamps, type ListEntry } from './listMemory.ts';
import { healRefs } from '../git/ourRefs.ts';
import { refNamespace, type Repository } from '../git/repository.ts';

/** All checkpoints of this working tree (or of all of them), newest first. Heals broken refs on the way. */
export async function listCheckpoints(
  repository: Repository,
  options: { readonly limit?: number; readonly allWorktrees?: boolean } = {},
): Promise<StoredCheckpoint[]> {
  const isPart = options.limit !== undefined || options.allWorktrees === true;
  const remembered = isPart ? null : await listRemembered(repository);
  return (remembered ?? parseList(await readList(repository, options))).sort((a, b) =>
    a.record.id < b.record.id ? 1 : -1,
  );
}

/**
 * So many refs are looked at one by one each time (7 ms). For more of them the whole list's stamp has to do, which does not tell of a
 * tag that was rewritten by a process killed before it could leave word.
 */
const mostLookedAt = 1000;

/** More than this are asked of git all at once. */
const mostAskedByName = 100;

/** The list with the help of what is remembered; null where that cannot help. */
async function listRemembered(repository: Repository): Promise<StoredCheckpoint[] | null> {
  const stamp = listStamp(repository);
  if (stamp === null) return null;
  const memory = await readListMemory(repository);
  if (memory?.stamp === stamp && memory.entries.size > mostLookedAt) return usable(memory.entries);
  const stamps = refStamps(repository);
  const isKnown = (ref: string): boolean => memory?.entries.get(ref)?.stamp === stamps.get(ref);
  const unknown = [...stamps.keys()].filter((ref) => !isKnown(ref));
  const text =
    unknown.length === 0 ? '' : await readList(repository, {}, unknown.length > mostAskedByName ? [] : unknown);
  const read = new Map(parseList(text).map((checkpoint) => [checkpoint.ref, checkpoint]));
  const entries = new Map<string, ListEntry>();
  for (const [ref, refStamp] of stamps) {
    const checkpoint = isKnown(ref) ? memory?.entries.get(ref)?.checkpoint : read.get(ref);
    entries.set(ref, { stamp: refStamp, checkpoint: checkpoint ?? null });
  }
  await keepListMemory(repository, { stamp, entries }, unknown.length);
  return usable(entries);
}

function usable(entries: ReadonlyMap<string, ListEntry>): StoredCheckpoint[] {
  return [...entries.values()].flatMap(({ checkpoint }) => checkpoint ?? []);
}

/** Those of all working trees, and beside them those that a later version of this program has made and only it can use. */
export async function listEverywhere(
  repository: Repository,
): Promise<{ readonly usable: readonly StoredCheckpoint[]; readonly newer: readonly NewerCheckpoint[] }> {
  const text = await readList(repository, { allWorktrees: true });
  return { usable: parseList(text), newer: parseNewer(text) };
}

async function readList(
  repository: Repository,
  options: { readonly limit?: number; readonly allWorktrees?: boolean },
  names: readonly string[] = [],
): Promise<string> {
  const scope = options.allWorktrees ? '*' : repository.worktree;
  const args = [
    'for-each-ref',
    '--sort=-refname',
    ...(options.limit ? [`--count=${options.limit}`] : []),
    `--format=${listFormat}`,
    ...(names.length > 0 ? names : [`${refNamespace}/${scope}/*/w`]),
  ];
  let output: Buffer;
  try {
    output = await repository.refs.run(args);
  } catch (error) {
    // One ref whose object is gone makes for-each-ref fail as a whole, and the user's own `git fetch` too.
    if (!(error instanceof GitError) || (await healRefs(repository)) === 0) throw error;
    output = await repository.refs.run(args);
  }
  return output.toString('utf8');
}

/** The one checkpoint that an id, or an unambiguous beginning of one, names. Throws `not-found` / `ambiguous-id`. */
export async function findCheckpoint(repository: Repository, id: string): Promise<StoredCheckpoint> {
  return findAmong(repository, await listCheckpoints(repository), id);
}

/** The same in a list that has been read already. */
export async function findAmong(
  repository: Repository,
  all: readonly StoredCheckpoint[],
  id: string,
): Promise<StoredCheckpoint> {
  const exact = all.find((checkpoint) => checkpoint.record.id === id);
  if (exact) return exact;
  const matches = id === '' ? [] : all.filter((checkpoint) => checkpoint.record.id.startsWith(id));
  const [match] = matches;
  if (matches.length > 1) {
    throw new CheckpointError('ambiguous-id', '{0} checkpoints begin with {1}; give more of the id.', [
      matches.length,
      id,
    ]);
  }
  if (match) return match;
  const newer =
    id === '' ? undefined : parseNewer(await readList(repository, {})).find((other) => other.id.startsWith(id));
  if (newer) {
    throw new CheckpointError(
      'not-found',
      'Checkpoint {0} was made by a newer Soft Landing (format {1}); this one cannot use it.',
      [newer.id, newer.version],
    );
  }
  throw new CheckpointError('not-found', 'There is no checkpoint {0} in {1}.', [id, repository.top]);
}
