import { CheckpointError } from './failure.ts';
import { displayPath, GitError, splitRecords, type Oid, type RawPath } from './git.ts';
import {
  checkpointRef,
  cleanLabel,
  listFormat,
  newCheckpointId,
  parseList,
  parseNewer,
  timeOfId,
  writeTag,
  type CheckpointPurpose,
  type CheckpointRecord,
  type NewerCheckpoint,
  type StoredCheckpoint,
} from './checkpointRecord.ts';
import { refNamespace, type Repository } from './repository.ts';
import type { WorkingState } from './workingState.ts';

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
 */
export async function nextCheckpointId(repository: Repository, tools: CheckpointTools): Promise<string> {
  const { refs, worktree } = repository;
  const args = [
    'for-each-ref',
    '--sort=-refname',
    '--count=1',
    '--format=%(refname)',
    `${refNamespace}/${worktree}/*/w`,
  ];
  return checkpointIdAfter((await refs.text(args)).split('/').at(-2) ?? '', tools);
}

/** The same, where the newest id is known already ("" for none); under the repository's lock nobody adds a newer one. */
export function checkpointIdAfter(newestId: string, tools: CheckpointTools): string {
  const newest = timeOfId(newestId) ?? 0;
  const now = tools.now();
  return newCheckpointId(newest >= now && newest < now + dayMs ? newest + 1 : now, tools.random());
}

/** Names a snapshot by refs, in one transaction, and makes sure that everything it needs is really there. */
export async function writeCheckpoint(
  repository: Repository,
  snapshot: WorkingState,
  purpose: CheckpointPurpose,
  tools: CheckpointTools,
  knownId?: string,
): Promise<StoredCheckpoint> {
  const { refs, worktree } = repository;
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
    intentToAdd: [...snapshot.intentToAdd],
    nested: [...snapshot.nested],
    skipped: [
      ...snapshot.skipped,
      ...snapshot.nested.map((path) => ({ path: displayPath(path), reason: 'nested repository', bytes: 0 })),
    ],
    changedFiles: snapshot.changedFiles,
    flags: {
      assumeUnchanged: [...snapshot.flags.assumeUnchanged],
      skipWorktree: [...snapshot.flags.skipWorktree],
      sparse: [...snapshot.stagedSparse],
    },
    ...(purpose.before ? { before: purpose.before } : {}),
  };
  const label = cleanLabel(purpose.label);
  const tag = await refs.oid(['mktag'], { input: writeTag(snapshot.worktree, record, label, createdAt) });
  const base = checkpointRef(worktree, record.id);
  const transaction = [
    'start',
    `create ${base}/w ${tag}`,
    ...(snapshot.staged === null ? [] : [`create ${base}/i ${snapshot.staged}`]),
    ...(snapshot.conflict === null ? [] : [`create ${base}/u ${snapshot.conflict}`]),
    ...(snapshot.head === null ? [] : [`update ${refNamespace}/heads/${snapshot.head} ${snapshot.head}`]),
    'prepare',
    'commit',
    '',
  ];
  // Without the caller's signal: an update-ref that is killed leaves heads/<commit>.lock behind, and no later checkpoint on that
  // commit could be made. It takes milliseconds, and mktag above has just asked the signal.
  await refs.uninterrupted().run(['update-ref', '--stdin'], { input: transaction.join('\n') });
  try {
    await verifyObjects(repository, snapshot, tag);
  } catch (error) {
    // A ref to a missing object would break the user's own fetch and gc.
    await deleteCheckpointRefs(repository, [record.id]);
    throw error;
  }
  return { record, label, ref: `${base}/w`, tree: snapshot.worktree, createdAt };
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

/**
 * A prune that runs while we write can take objects that no ref named yet (measured: 4 of 536 under a continuous
 * `gc --prune=now`). So look again once the refs stand; what is missing now makes this a failure, never a checkpoint.
 */
async function verifyObjects(repository: Repository, snapshot: WorkingState, tag: Oid): Promise<void> {
  const { refs } = repository;
  const trees = [snapshot.worktree, ...(snapshot.staged === null ? [] : [snapshot.staged])];
  const needed = new Set([tag, ...trees, ...(snapshot.written ?? [])]);
  if (snapshot.written === null) {
    // Only what is new against HEAD can have been taken: HEAD's own objects are reachable throughout.
    for (const tree of trees) for (const oid of await newObjects(repository, snapshot.headTree, tree)) needed.add(oid);
  }
  const answer = await refs.text(['cat-file', '--batch-check'], { input: [...needed, ''].join('\n') });
  const missing = answer.split('\n').filter((line) => line.endsWith(' missing'));
  if (missing.length > 0) {
    throw new CheckpointError(
      'damaged',
      `${missing.length} of the objects just written are gone (a git prune ran meanwhile).`,
    );
  }
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

/** The same tree under another record or label. */
export async function rewriteTag({ refs }: Repository, checkpoint: StoredCheckpoint): Promise<StoredCheckpoint> {
  const input = writeTag(checkpoint.tree, checkpoint.record, checkpoint.label, checkpoint.createdAt);
  const old = await refs.oid(['rev-parse', '--verify', '-q', checkpoint.ref]);
  const tag = await refs.oid(['mktag'], { input });
  // A killed update-ref leaves a lock, and this checkpoint could never be deleted again.
  await refs.uninterrupted().run(['update-ref', checkpoint.ref, tag, old]);
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

export interface Ref {
  /** one character per byte, as a path: a linked worktree's name is part of it */
  readonly name: RawPath;
  readonly oid: Oid;
  readonly isSymbolic: boolean;
}

/** The refs below a folder of refs, whatever they are and whether or not their objects are there. */
export async function listRefs({ refs }: Repository, folder: string): Promise<Ref[]> {
  // Only these fields need no object, so that it works on a broken ref.
  const lines = (await refs.text(['for-each-ref', '--format=%(refname) %(objectname) %(symref)', folder])).split('\n');
  return lines
    .map((line) => line.split(' '))
    .flatMap(([name = '', oid = '', target = '']) => (name === '' ? [] : [{ name, oid, isSymbolic: target !== '' }]));
}

export async function deleteRefs(repository: Repository, refs: readonly Ref[]): Promise<void> {
  if (refs.length === 0) return;
  // What names the checkpoint goes first: should git itself be killed half-way, no checkpoint is left that looks whole and is not.
  const order = (ref: Ref): number => (ref.name.endsWith('/w') ? 0 : 1);
  const lines = [...refs]
    .sort((a, b) => order(a) - order(b))
    // A symbolic ref (nothing of ours is one) has no value of its own to compare with.
    .map(({ name, oid, isSymbolic }) => `delete ${name}${isSymbolic ? '' : ` ${oid}`}`);
  const input = Buffer.from(['start', ...lines, 'prepare', 'commit', ''].join('\n'), 'latin1');
  // Without the caller's deadline: a git that is killed here leaves ref locks behind which nobody takes away.
  await repository.refs.uninterrupted().run(['update-ref', '--no-deref', '--stdin'], { input });
}

/** All checkpoints of this working tree (or of all of them), newest first. Heals broken refs on the way. */
export async function listCheckpoints(
  repository: Repository,
  options: { readonly limit?: number; readonly allWorktrees?: boolean } = {},
): Promise<StoredCheckpoint[]> {
  return parseList(await readList(repository, options)).sort((a, b) => (a.record.id < b.record.id ? 1 : -1));
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
): Promise<string> {
  const scope = options.allWorktrees ? '*' : repository.worktree;
  const args = [
    'for-each-ref',
    '--sort=-refname',
    ...(options.limit ? [`--count=${options.limit}`] : []),
    `--format=${listFormat}`,
    `${refNamespace}/${scope}/*/w`,
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

/** Deletes refs of ours whose object no longer exists; answers how many. */
export async function healRefs(repository: Repository): Promise<number> {
  const refs = await listRefs(repository, refNamespace);
  if (refs.length === 0) return 0;
  // Peeled too: a tag that is there but whose tree is gone makes every listing fail just the same.
  const input = refs.map(({ oid }) => `${oid}\n${oid}^{}\n`).join('');
  const answers = (await repository.refs.text(['cat-file', '--batch-check'], { input })).split('\n');
  const isMissing = (at: number): boolean => answers[at]?.endsWith(' missing') ?? false;
  const broken = refs.filter((_, at) => isMissing(2 * at) || isMissing(2 * at + 1));
  for (const ref of broken) await deleteRefs(repository, [ref]);
  return broken.length;
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
    throw new CheckpointError('ambiguous-id', `${matches.length} checkpoints begin with ${id}; give more of the id.`);
  }
  if (match) return match;
  const newer =
    id === '' ? undefined : parseNewer(await readList(repository, {})).find((other) => other.id.startsWith(id));
  throw new CheckpointError(
    'not-found',
    newer
      ? `Checkpoint ${newer.id} was made by a newer Soft Landing (format ${newer.version}); this one cannot use it.`
      : `There is no checkpoint ${id} in ${repository.top}.`,
  );
}
