import type { Skipped } from '../../protocol/checkpoint.ts';
import { listCheckpoints } from './checkpointList.ts';
import { CheckpointError } from '../failure.ts';
import { displayPath, splitRecords, type Oid, type RawPath } from '../git/git.ts';
import {
  checkpointRef,
  cleanLabel,
  newCheckpointId,
  timeOfId,
  writeTag,
  type CheckpointPurpose,
  type CheckpointRecord,
  type StoredCheckpoint,
} from './checkpointRecord.ts';
import { moveBaseline, withoutGitState } from '../outside/folderStore.ts';
import { holdObjects } from '../outside/mirrorStore.ts';
import { rememberState } from './lastState.ts';
import { newestName } from './listMemory.ts';
import { missingObjects, newObject, type NewObject } from '../git/objects.ts';
import { prepareObjects, writePrepared } from '../git/writeObjects.ts';
import { deleteRefs, listRefs, refValue } from '../git/ourRefs.ts';
import { pastDeadLocks } from '../git/refLocks.ts';
import { refNamespace, type Repository } from '../git/repository.ts';
import type { WorkingState } from '../capture/workingState.ts';

/** What making a checkpoint takes from outside. */
export interface CheckpointTools {
  /** untracked files above this size are left out, and listed as such */
  readonly maxFileBytes: number;
  readonly now: () => number;
  /** a few random hex digits */
  readonly random: () => string;
}

const dayMs = 86_400_000;

/**
 * An id that sorts after all others of this working tree, even if the clock was set back since (by a day at most: one that was
 * years ahead must not decide for years): what undo takes back is told by this order.
 * @param wanted taken if it does: the id of the set that the checkpoint is a part of
 */
export async function nextCheckpointId(
  repository: Repository,
  tools: CheckpointTools,
  wanted?: string,
): Promise<string> {
  const newest = newestName(repository, (name) => timeOfId(name) !== null) ?? (await newestByGit(repository));
  return wanted !== undefined && wanted > newest ? wanted : checkpointIdAfter(newest, tools);
}

async function newestByGit({ refs, worktree }: Repository): Promise<string> {
  const args = ['for-each-ref', '--sort=-refname', '--count=1', '--format=%(refname)'];
  return (await refs.text([...args, `${refNamespace}/${worktree}/*/w`])).split('/').at(-2) ?? '';
}

/** The same, where the newest id is known already ("" for none); under the repository's lock nobody adds a newer one. */
export function checkpointIdAfter(newestId: string, tools: CheckpointTools): string {
  const newest = timeOfId(newestId) ?? 0;
  const now = tools.now();
  return newCheckpointId(newest >= now && newest < now + dayMs ? newest + 1 : now, tools.random());
}

/** The nested repositories whose state is in no checkpoint, as people read of them. */
export function unsavedRepositories(
  nested: readonly RawPath[],
  members: NonNullable<CheckpointRecord['members']>,
): Skipped[] {
  const known = new Map(members.map((member) => [member.path, member]));
  return nested
    .filter((path) => (known.get(path)?.id ?? null) === null)
    .map((path) => {
      const reason = known.get(path)?.reason;
      return {
        path: displayPath(path),
        reason: reason === undefined ? 'nested repository' : `nested repository: ${reason}`,
        bytes: 0,
      };
    });
}

/**
 * Names a snapshot by refs, in one transaction, and makes sure that everything it needs is really there.
 * @param allowed makes certain what has to be before it is named, while its objects are written
 */
export async function writeCheckpoint(
  repository: Repository,
  state: WorkingState,
  purpose: CheckpointPurpose,
  tools: CheckpointTools,
  knownId?: string,
  allowed: () => Promise<void> = () => Promise.resolve(),
): Promise<StoredCheckpoint> {
  const { worktree } = repository;
  const snapshot = withoutGitState(repository, state);
  const id = knownId ?? (await nextCheckpointId(repository, tools));
  const createdAt = timeOfId(id) ?? tools.now();
  const record: CheckpointRecord = {
    v: 1,
    id,
    kind: purpose.kind,
    agent: purpose.agent ?? null,
    session: purpose.session ?? null,
    prompt: purpose.prompt ?? null,
    tool: purpose.tool ?? null,
    worktree,
    head: snapshot.head,
    branch: snapshot.branch,
    staged: snapshot.staged,
    unmerged: snapshot.unmerged.map(({ path, modes, oids }) => ({ path, modes: [...modes], oids: [...oids] })),
    intentToAdd: snapshot.intentToAdd.map(({ path }) => path),
    ...(snapshot.intentToAdd.length > 0 ? { intentToAddModes: snapshot.intentToAdd.map(({ mode }) => mode) } : {}),
    nested: [...snapshot.nested],
    skipped: [...snapshot.skipped, ...unsavedRepositories(snapshot.nested, purpose.members ?? [])],
    changedFiles: snapshot.changedFiles,
    flags: {
      assumeUnchanged: [...snapshot.flags.assumeUnchanged],
      skipWorktree: [...snapshot.flags.skipWorktree],
      sparse: [...snapshot.stagedSparse],
    },
    ...(snapshot.raw === null ? {} : { raw: snapshot.raw.tree }),
    ...(repository.store?.kind === 'folder' ? { outsideGit: true } : {}),
    ...(purpose.set === undefined ? {} : { set: purpose.set }),
    ...(purpose.members === undefined || purpose.members.length === 0 ? {} : { members: purpose.members }),
    ...(purpose.before ? { before: purpose.before } : {}),
  };
  const label = cleanLabel(purpose.label);
  const tag = tagObject(repository, { record, label, tree: snapshot.worktree, createdAt });
  const base = checkpointRef(worktree, record.id);
  const transaction = [
    'start',
    `create ${base}/w ${tag.oid}`,
    ...(snapshot.staged === null ? [] : [`create ${base}/i ${snapshot.staged}`]),
    ...(snapshot.conflict === null ? [] : [`create ${base}/u ${snapshot.conflict}`]),
    ...(snapshot.raw === null ? [] : [`create ${base}/r ${snapshot.raw.tree}`]),
    ...(snapshot.head === null ? [] : [`update ${refNamespace}/heads/${snapshot.head} ${snapshot.head}`]),
    'prepare',
    'commit',
    '',
  ];
  const objects = [...snapshot.unwritten, ...(snapshot.raw?.unwritten ?? []), tag];
  const naming = async () => {
    // Before as well as after: from the moment a ref names a missing object, the user's own gc fails.
    const oids = await neededObjects(repository, snapshot, tag.oid);
    await verifyObjects(repository, oids);
    return { transaction: transaction.join('\n'), result: oids };
  };
  const needed = await writeAndName(repository, objects, naming, allowed);
  try {
    await verifyObjects(repository, needed);
  } catch (error) {
    // A ref to a missing object would break the user's own fetch and gc.
    await deleteCheckpointRefs(repository, [record.id]);
    throw error;
  }
  await moveBaseline(repository, snapshot.worktree);
  return { record, label, ref: `${base}/w`, tree: snapshot.worktree, createdAt };
}

/**
 * Writes objects, then changes refs as `naming` says once they are there, and what `meanwhile` does beside the writing is done.
 *
 * Without the caller's signal: an update-ref that is killed leaves a lock behind, of heads/<commit> say, for which the next checkpoint on
 * that commit would have to wait (refLocks.ts). It takes milliseconds, and writing the objects asks the signal. It is started beside that,
 * to be up by then; one that is told nothing does nothing.
 */
async function writeAndName<Result>(
  repository: Repository,
  objects: readonly NewObject[],
  naming: () => Promise<{ readonly transaction: string; readonly result: Result }>,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<Result> {
  const writing = writePrepared(repository, await prepareObjects(repository, objects));
  writing.catch(() => undefined);
  const refs = repository.refs.uninterrupted();
  const updating = refs.start(['update-ref', '--stdin']);
  let named: Awaited<ReturnType<typeof naming>>;
  try {
    const beside = meanwhile();
    beside.catch(() => undefined);
    await writing;
    await beside;
    named = await naming();
  } catch (error) {
    // Why the objects could not be written is what counts.
    await updating.finish().catch(() => undefined);
    throw error;
  }
  const { transaction, result } = named;
  await pastDeadLocks(repository, updating.finish(transaction), () =>
    refs.run(['update-ref', '--stdin'], { input: transaction }),
  );
  return result;
}

/**
 * Keeps a safety checkpoint but says that its reset was not done: undo must not take it for the way back from something that
 * never happened, nor an undo that failed for one that succeeded.
 */
export async function disownReset(repository: Repository, id: string): Promise<void> {
  const safety = (await listCheckpoints(repository)).find((checkpoint) => checkpoint.record.id === id);
  if (!safety?.record.before) return;
  await rewriteTag(repository, { ...safety, record: { ...safety.record, before: undefined } });
}

/** Every object of a checkpoint that nothing else may refer to. */
async function neededObjects(repository: Repository, snapshot: WorkingState, tag: Oid): Promise<ReadonlySet<Oid>> {
  // Only what is new against HEAD can have been taken: HEAD's own objects are reachable throughout.
  const trees = [snapshot.worktree, snapshot.staged].flatMap((tree) =>
    tree === snapshot.headTree ? [] : (tree ?? []),
  );
  const needed = new Set([tag, ...trees, ...(snapshot.written ?? []), ...snapshot.unwritten.map(({ oid }) => oid)]);
  if (snapshot.written === null) {
    for (const tree of trees) for (const oid of await newObjects(repository, snapshot.headTree, tree)) needed.add(oid);
  }
  // A submodule's commit is in another repository.
  const stages = snapshot.unmerged.flatMap(({ oids, modes }) => oids.filter((_, at) => modes[at]?.startsWith('100')));
  for (const oid of stages) needed.add(oid);
  if (snapshot.conflict !== null) needed.add(snapshot.conflict);
  for (const { oid } of snapshot.raw?.unwritten ?? []) needed.add(oid);
  for (const oid of snapshot.raw?.files.values() ?? []) needed.add(oid);
  return needed;
}

/**
 * A prune that runs while we write can take objects that no ref named yet (measured: 4 of 536 under a continuous
 * `gc --prune=now`). So look again once the refs stand; what is missing now makes this a failure, never a checkpoint.
 */
async function verifyObjects(repository: Repository, needed: ReadonlySet<Oid>): Promise<void> {
  const missing = await missingObjects(repository, needed);
  if (missing.length > 0) {
    throw new CheckpointError('damaged', '{0} of the objects just written are gone (a git prune ran meanwhile).', [
      missing.length,
    ]);
  }
  await holdObjects(repository, needed);
}

async function newObjects({ refs }: Repository, from: Oid | null, to: Oid): Promise<Oid[]> {
  if (from === to) return [];
  if (from === null) {
    return splitRecords(await refs.text(['ls-tree', '-r', '-t', '-z', to]))
      .filter((line) => !line.startsWith('160000'))
      .map((line) => (line.split('\t', 1)[0] ?? '').split(' ')[2] ?? '');
  }
  const fields = splitRecords(
    await refs.text(['diff-tree', '-r', '-t', '-z', '--raw', '--no-renames', '--no-abbrev', from, to]),
  );
  return (
    fields
      // Every second field is a path, and may begin with a colon just as the others do.
      .filter((_, at) => at % 2 === 0)
      .map((field) => field.split(' '))
      .filter(([, mode]) => mode !== '160000' && mode !== '000000')
      .map(([, , , oid]) => oid ?? '')
  );
}

/** Gives a checkpoint another purpose: same id, same state, a new tag in the old one's place. */
export async function relabelCheckpoint(
  repository: Repository,
  checkpoint: StoredCheckpoint,
  purpose: CheckpointPurpose,
): Promise<StoredCheckpoint> {
  const { kind, label } = purpose;
  const who = { agent: purpose.agent ?? null, session: purpose.session ?? null, prompt: purpose.prompt ?? null };
  const record = { ...checkpoint.record, kind, ...who };
  return rewriteTag(repository, { ...checkpoint, record, label: cleanLabel(label) });
}

function tagObject(repository: Repository, checkpoint: Omit<StoredCheckpoint, 'ref'>): NewObject {
  const { tree, record, label, createdAt } = checkpoint;
  return newObject(repository, 'tag', Buffer.from(writeTag(tree, record, label, createdAt)));
}

/** The same tree under another record or label. */
export async function rewriteTag(repository: Repository, checkpoint: StoredCheckpoint): Promise<StoredCheckpoint> {
  const { ref } = checkpoint;
  const tag = tagObject(repository, checkpoint);
  const old = refValue(repository, ref);
  old.catch(() => undefined);
  await writeAndName(repository, [tag], async () => ({
    transaction: `update ${ref} ${tag.oid} ${await old}\n`,
    result: undefined,
  }));
  // Whoever remembers the list has to look again; callers who know the state say so afterwards.
  await rememberState(repository, checkpoint.record.id, null);
  return checkpoint;
}

/** Deletes whatever lies below these ids, in one transaction: all of it, or, if any of it has changed since it was read, nothing. */
export async function deleteCheckpointRefs(repository: Repository, ids: readonly string[]): Promise<void> {
  const own = new Set(ids);
  const refs = (await listRefs(repository, checkpointRef(repository.worktree, ''))).filter(({ name }) =>
    own.has(name.split('/')[3] ?? ''),
  );
  await deleteRefs(repository, refs);
}
