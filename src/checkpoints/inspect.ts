import type { CheckpointSummary, Skipped } from '../protocol/checkpoint.ts';
import { gitlink } from './changes.ts';
import { summarize, type StoredCheckpoint } from './checkpointRecord.ts';
import { findCheckpoint } from './checkpointRefs.ts';
import { CheckpointError } from './failure.ts';
import { displayPath, rawPath, records, splitRecords, type Oid, type RawPath } from './git.ts';
import type { Repository } from './repository.ts';
import type { WorkingState } from './workingState.ts';

/** One side of a comparison: a checkpoint, or the present. */
export interface ComparedState {
  readonly tree: Oid;
  readonly skipped: readonly Skipped[];
}

export interface FileChange {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted';
  /** lines that came and went; null where the content is binary */
  readonly added: number | null;
  readonly deleted: number | null;
  readonly binary: boolean;
}

export interface Changes {
  readonly changes: readonly FileChange[];
  /** what one of the two states does not hold, so that nothing can be said about it */
  readonly notCompared: readonly Skipped[];
}

export interface ShownCheckpoint extends Changes {
  readonly checkpoint: CheckpointSummary;
}

export interface PatchOptions {
  readonly paths: readonly string[];
  readonly color: boolean;
}

export interface Patch extends Pick<Changes, 'notCompared'> {
  /** bytes: the files need not be UTF-8 */
  readonly patch: Buffer;
}

/** A checkpoint as one file sees it. */
export interface FileVersion {
  readonly checkpoint: CheckpointSummary;
  /** false: there was no such file at that time */
  readonly exists: boolean;
}

// git's own choice of what is text; no program of the user's configuration is run for it.
const diffTree = ['diff-tree', '-r', '--no-ext-diff', '--no-textconv'];
/** Our paths say literally what they mean (`pathspecs`) unless they are marked as patterns. */
const withPatterns = { GIT_LITERAL_PATHSPECS: '0' };

/**
 * Paths as git is to be asked for them: a file, or everything below a folder; none, or the top folder, means everything.
 * A name that is not UTF-8 comes from lists with replacement characters, and no program can be given its bytes as an argument:
 * there each of these stands for whatever it is.
 */
function pathspecs(paths: readonly string[]): string[] {
  const wanted = paths.map((path) => path.replace(/\/+$/, ''));
  if (wanted.includes('')) return [];
  return wanted.flatMap((path) => {
    if (!path.includes('\uFFFD')) return [`:(top,literal)${path}`];
    const pattern = `:(top,glob)${path.replace(/[*?[\\]/g, '\\$&').replaceAll('\uFFFD', '*')}`;
    return [pattern, `${pattern}/**`];
  });
}

/** What one of two states does not hold; only where it was asked for. */
function notComparedBetween(from: ComparedState, to: ComparedState, paths: readonly string[]): readonly Skipped[] {
  const wanted = paths.map((path) => path.replace(/\/+$/, ''));
  const isWanted = ({ path }: Skipped): boolean =>
    wanted.length === 0 || wanted.some((want) => want === '' || path === want || path.startsWith(`${want}/`));
  return [...new Map([...from.skipped, ...to.skipped].filter(isWanted).map((left) => [left.path, left])).values()];
}

/** What has changed from one state to another, file by file; a renamed file is one deleted and one added. */
export async function compareStates(
  { git }: Repository,
  from: ComparedState,
  to: ComparedState,
  paths: readonly string[] = [],
): Promise<Changes> {
  const notCompared = notComparedBetween(from, to, paths);
  const isKnown = ({ path }: FileChange): boolean =>
    !notCompared.some((left) => path === left.path || path.startsWith(`${left.path}/`));
  const output = await git.text(
    [...diffTree, '-z', '--raw', '--numstat', '--no-renames', from.tree, to.tree, '--', ...pathspecs(paths)],
    { env: withPatterns },
  );
  return { changes: parseChanges(output).filter(isKnown), notCompared };
}

/** Parses `diff-tree -z --raw --numstat`: first all files' raw records (two fields each), then their counts. */
function parseChanges(output: string): FileChange[] {
  const fields = splitRecords(output);
  const rawCount = fields.findIndex((field, at) => at % 2 === 0 && !field.startsWith(':'));
  const letters = new Map<RawPath, string>();
  for (let at = 0; at < rawCount; at += 2) letters.set(fields[at + 1] ?? '', (fields[at] ?? '').split(' ')[4] ?? '');
  return fields.slice(Math.max(0, rawCount)).map((field) => {
    const [added = '', deleted = '', ...name] = field.split('\t');
    const path = name.join('\t');
    const letter = letters.get(path);
    const binary = added === '-';
    return {
      path: displayPath(path),
      status: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'modified',
      added: binary ? null : Number(added),
      deleted: binary ? null : Number(deleted),
      binary,
    };
  });
}

/** The same as git prints it for people: renames are shown as such. */
export async function patchBetween(
  { git }: Repository,
  from: ComparedState,
  to: ComparedState,
  { paths, color }: PatchOptions,
): Promise<Patch> {
  const notCompared = notComparedBetween(from, to, paths);
  const without = notCompared.map(({ path }) => `:(top,exclude,literal)${path}`);
  const options = ['-p', '-M', color ? '--color=always' : '--color=never'];
  const args = [...diffTree, ...options, from.tree, to.tree, '--', ...pathspecs(paths), ...without];
  return { patch: await git.run(args, { env: withPatterns }), notCompared };
}

/** The tree without files; git knows it without having it. */
async function emptyTree({ git }: Repository): Promise<Oid> {
  return git.oid(['hash-object', '-t', 'tree', '--stdin'], { input: '' });
}

/** The present, which has no record yet. */
export function presentState({ worktree, skipped, nested }: WorkingState): ComparedState {
  const repositories = nested.map((path) => ({ path: displayPath(path), reason: 'nested repository', bytes: 0 }));
  return { tree: worktree, skipped: [...skipped, ...repositories] };
}

export function stateOf({ tree, record }: StoredCheckpoint): ComparedState {
  return { tree, skipped: record.skipped };
}

/** A checkpoint, and how its files differ from the commit it was made on. */
export async function showCheckpoint(repository: Repository, id: string): Promise<ShownCheckpoint> {
  const checkpoint = await findCheckpoint(repository, id);
  const { head } = checkpoint.record;
  const tree = head === null ? await emptyTree(repository) : `${head}^{tree}`;
  const changes = await compareStates(repository, { tree, skipped: [] }, stateOf(checkpoint));
  return { checkpoint: summarize(checkpoint), ...changes };
}

interface TreeFile {
  readonly path: RawPath;
  readonly mode: string;
  readonly oid: Oid;
}

/** The files of a tree that a path, as it is shown to people, means. More than one only where names are not UTF-8. */
async function filesNamed(repository: Repository, tree: Oid, path: string): Promise<TreeFile[]> {
  const args = ['-z', '--raw', '--no-renames', '--no-abbrev', await emptyTree(repository), tree];
  const output = await repository.git.text([...diffTree, ...args, '--', ...pathspecs([path])], { env: withPatterns });
  const fields = splitRecords(output);
  const files: TreeFile[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', , oid = ''] = (fields[at] ?? '').split(' ');
    files.push({ path: fields[at + 1] ?? '', mode, oid });
  }
  return files.filter((file) => displayPath(file.path) === path);
}

/**
 * A file's bytes as a reset would write them (filters and line ends applied; of a symbolic link its target), or null if the
 * checkpoint has no such file.
 */
export async function fileAt(repository: Repository, tree: Oid, path: string): Promise<Buffer | null> {
  const { git } = repository;
  const found = await filesNamed(repository, tree, path);
  const [file] = found;
  if (!file || file.mode === gitlink) return null;
  if (found.length > 1) {
    throw new CheckpointError(
      'bad-path',
      `${found.length} files are shown as ${path}, because their names are not UTF-8.`,
    );
  }
  if (file.mode === '120000') return git.run(['cat-file', 'blob', file.oid]);
  const output = await git.run(['cat-file', '--batch', '--filters', '-z'], {
    input: records([`${file.oid} ${file.path}`]),
  });
  // One line before it says what it is; git ends it with a line break of its own.
  return output.subarray(output.indexOf(10) + 1, -1);
}

/** Those of a list of checkpoints, newest first, in which a file's content is another than in the next newer one. */
export async function versionsOf(
  repository: Repository,
  newestFirst: readonly StoredCheckpoint[],
  path: string,
): Promise<FileVersion[]> {
  const name = await rawName(repository, newestFirst, path);
  const specs = newestFirst.map(({ tree }) => `${tree}:${name}`);
  const answers = await repository.git.text(['cat-file', '--batch-check=%(objectname)', '-z'], {
    input: records(specs),
  });
  const versions: FileVersion[] = [];
  let newer: Oid | null = null;
  let at = 0;
  newestFirst.forEach((checkpoint, number) => {
    // git repeats what it does not find; there may be line breaks in it.
    const missing = `${specs[number] ?? ''} missing\n`;
    const isMissing = answers.startsWith(missing, at);
    const end = isMissing ? at + missing.length : answers.indexOf('\n', at) + 1;
    const oid: Oid | null = isMissing ? null : answers.slice(at, end - 1);
    at = end;
    if (oid !== newer) versions.push({ checkpoint: summarize(checkpoint), exists: oid !== null });
    newer = oid;
  });
  return versions;
}

async function rawName(
  repository: Repository,
  newestFirst: readonly StoredCheckpoint[],
  path: string,
): Promise<RawPath> {
  if (path.includes('\uFFFD')) {
    for (const tree of new Set(newestFirst.map((checkpoint) => checkpoint.tree))) {
      const [file] = await filesNamed(repository, tree, path);
      if (file) return file.path;
    }
  }
  return rawPath(path);
}
