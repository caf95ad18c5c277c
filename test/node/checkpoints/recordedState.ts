import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Restored } from '../../../src/checkpoints/checkpoints.ts';
import { parseIndex, pathOfEntry, type IndexEntry } from '../../support/gitIndex.ts';
import type { Lab, WorkingState } from './lab.ts';

/** A working state in memory, read without starting a git. */
export interface RecordedState extends WorkingState {
  readonly head: string;
  /** null when HEAD is detached */
  readonly branch: string | null;
}

/** For repositories with loose refs, an unsplit index and a commit. */
export function recordState(lab: Lab): RecordedState {
  const head = lab.read('.git/HEAD').trim();
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? null;
  const indexFile = join(lab.dir, '.git', 'index');
  return {
    files: lab.files(),
    index: existsSync(indexFile) ? parseIndex(readFileSync(indexFile)) : [],
    head: branch === null ? head : lab.read(`.git/refs/heads/${branch}`).trim(),
    branch,
  };
}

/**
 * The tree that `git add -A` makes: in a private index whose age makes git read every file again, with an object store of its own, so
 * that this look cannot write what the engine has forgotten to.
 */
export function addAllTree(lab: Lab): string {
  const index = join(lab.outer, 'add-all.index');
  const objects = join(lab.outer, 'add-all.objects');
  mkdirSync(objects, { recursive: true });
  const userIndex = join(lab.dir, '.git', 'index');
  rmSync(index, { force: true });
  if (existsSync(userIndex)) {
    copyFileSync(userIndex, index);
    utimesSync(index, 1, 1);
  }
  const env = {
    GIT_INDEX_FILE: index,
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(lab.dir, '.git', 'objects'),
  };
  lab.gitWith({ env }, 'add', '-A');
  return lab.gitWith({ env }, 'write-tree').trim();
}

/** The ignore files that the walk writes: each rule, and what it means for a path. */
export const ignoreRules: Readonly<Record<string, (path: string) => boolean>> = {
  '*.log': (path) => path.split('/').some((part) => part.endsWith('.log')),
  'dir2/': (path) => path.startsWith('dir2/'),
  'dir/sub': (path) => path === 'dir/sub' || path.startsWith('dir/sub/'),
};

/** Whether a checkpoint of this state holds this path: all that is tracked, and all that is not ignored. */
function isCaptured(state: WorkingState, path: string): boolean {
  if (state.files[path] === undefined) return false;
  return !isIgnored(state, path) || state.index.some((entry) => pathOfEntry(entry) === path);
}

/** Whether the rules of this state say so; what is tracked counts all the same. */
export function isIgnored({ files }: WorkingState, path: string): boolean {
  // An ignore file that is a link counts for nothing.
  const rules = /^(?:file|exec) ([^]*)$/.exec(files['.gitignore'] ?? '')?.[1]?.split('\n') ?? [];
  return rules.some((rule) => ignoreRules[rule]?.(path));
}

export interface Reset {
  readonly wanted: RecordedState;
  readonly before: RecordedState;
  readonly after: RecordedState;
  /** null: everything */
  readonly root: string | null;
  readonly headMoves: boolean;
  readonly result: Restored;
}

/** Compares what a reset or undo left with what was recorded, to the byte and to the index entry. */
export function assertReset(lab: Lab, reset: Reset): void {
  assertFiles(reset);
  assertIndex(lab, reset);
  const { wanted, before, after, headMoves } = reset;
  assert.deepEqual([after.head, after.branch], [headMoves ? wanted.head : before.head, before.branch], 'HEAD');
}

/**
 * The chosen paths are as in `wanted`, all others as they were. What `wanted` had but its checkpoint could not hold, an ignored file,
 * is left as it is; it goes only where something that was held needs its place.
 */
function assertFiles({ wanted, before, after, root, result }: Reset): void {
  const kept = new Set(result.kept.map((entry) => entry.path));
  const all = [after, wanted, before].flatMap(({ files }) => Object.keys(files));
  for (const path of new Set(all)) {
    const [is, was, want] = [after.files[path], before.files[path], wanted.files[path]];
    if (!isChosen(path, root)) assert.equal(is, was, `${path} is none of the chosen ones`);
    else if (kept.has(path)) assert.equal(is, was, `${path} was reported as kept`);
    else if (isCaptured(wanted, path)) assert.equal(is, want, `${path} is not as it was`);
    // In no checkpoint then: the safety checkpoint of a reset may still hold it, because it was in the way.
    else if (want !== undefined) assert.ok(is === undefined || is === was || is === want, `${path} was ignored then`);
    else if (is !== undefined) {
      assert.ok(is === was && !isCaptured(before, path), `${path} was not there then`);
    }
  }
}

function assertIndex(lab: Lab, { wanted, before, after, root, headMoves }: Reset): void {
  const isExact = headMoves || wanted.head === before.head;
  const then = isExact ? wanted.index : onPresentHead(lab, wanted, before.head);
  const chosen = (index: readonly IndexEntry[], isWanted: boolean): readonly IndexEntry[] =>
    index.filter((entry) => isChosen(pathOfEntry(entry), root) === isWanted);
  assert.deepEqual(chosen(after.index, true), chosen(then, true), 'the staged state is not as it was');
  assert.deepEqual(chosen(after.index, false), chosen(before.index, false), 'the staged state of other paths changed');
}

/** Where HEAD has moved since and stays: its files, and over them only what was staged then. */
function onPresentHead(lab: Lab, wanted: RecordedState, head: string): readonly IndexEntry[] {
  const [base, then] = [treeEntries(lab, head), treeEntries(lab, wanted.head)];
  const staged = new Map(wanted.index.flatMap((entry) => asInTree(entry)));
  const result = new Map(base);
  for (const path of then.keys()) if (!staged.has(path)) result.delete(path);
  for (const [path, entry] of staged) {
    if (then.get(path) === entry) continue;
    // A file and a folder of one name cannot both be staged: the newer one counts.
    for (const other of result.keys()) {
      if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) result.delete(other);
    }
    result.set(path, entry);
  }
  return [...result].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** A conflict counts as "ours" (stage 2); what is only intended is not staged. */
function asInTree(entry: IndexEntry): readonly (readonly [string, IndexEntry])[] {
  const path = pathOfEntry(entry);
  const stage = entry.split(' ')[2]?.[0];
  if (entry.endsWith(' 20000000') || stage === '1' || stage === '3') return [];
  return [[path, entry.replace(/ [02]\t/, ' 0\t')]];
}

const trees = new Map<string, ReadonlyMap<string, IndexEntry>>();

function treeEntries(lab: Lab, commit: string): ReadonlyMap<string, IndexEntry> {
  let entries = trees.get(commit);
  if (!entries) {
    const lines = lab.git('ls-tree', '-r', '-z', '--format=%(objectmode) %(objectname) 0%x09%(path)', commit);
    const all = lines.split('\0').filter(Boolean);
    entries = new Map(all.map((line) => [line.split('\t')[1] ?? '', `${line} `]));
    trees.set(commit, entries);
  }
  return entries;
}

function isChosen(path: string, root: string | null): boolean {
  return root === null || path === root || path.startsWith(`${root}/`);
}
