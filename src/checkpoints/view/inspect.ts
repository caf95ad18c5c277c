import type { CheckpointSummary, Skipped } from '../../protocol/checkpoint.ts';
import { gitlink } from '../git/changes.ts';
import { summarize, type StoredCheckpoint } from '../record/checkpointRecord.ts';
import { findAmong, listCheckpoints } from '../record/checkpointList.ts';
import { CheckpointError } from '../failure.ts';
import { displayPath, rawPath, records, splitRecords, type Oid, type RawPath } from '../git/git.ts';
import { blobsIn } from '../capture/rawBytes.ts';
import { emptyTreeId } from '../git/objects.ts';
import type { Repository } from '../git/repository.ts';
import type { WorkingState } from '../capture/workingState.ts';

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

/** The same with what only a viewer needs. */
export interface ComparedFile extends FileChange {
  /** 000000 where there is no such file on that side */
  readonly fromMode: string;
  readonly toMode: string;
  /** its name is UTF-8, so that `path` is its name, not only what is shown for it */
  readonly hasTextName: boolean;
}

export interface Changes {
  readonly changes: readonly FileChange[];
  /** what one of the two states does not hold, so that nothing can be said about it */
  readonly notCompared: readonly Skipped[];
}

export interface ShownCheckpoint extends Changes {
  readonly checkpoint: CheckpointSummary;
  /** what the changes are against: the commit it was made on; in a folder without git the checkpoint before; nothing before the first */
  readonly since: 'head' | 'previous' | 'nothing';
  /** made in a folder without git, so that there was neither branch nor HEAD */
  readonly outsideGit: boolean;
  /** the nested repositories, and the checkpoint in each one's own refs that holds its state; null: none, and why */
  readonly members: readonly ShownMember[];
}

export interface ShownMember {
  readonly path: string;
  readonly id: string | null;
  readonly reason?: string | undefined;
}

export interface PatchOptions {
  readonly paths: readonly string[];
  readonly color: boolean;
  /** put before every path, where it is a repository inside another one's folder */
  readonly prefix?: string;
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
export const diffTree = ['diff-tree', '-r', '--no-ext-diff', '--no-textconv'];
/** Our paths say literally what they mean (`pathspecs`) unless they are marked as patterns. */
export const withPatterns = { GIT_LITERAL_PATHSPECS: '0' };

/**
 * Paths as git is to be asked for them: a file, or everything below a folder; none, or the top folder, means everything.
 * A name that is not UTF-8 comes from lists with replacement characters, and no program can be given its bytes as an argument:
 * there each of these stands for whatever it is.
 */
export function pathspecs(paths: readonly string[]): string[] {
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
  repository: Repository,
  from: ComparedState,
  to: ComparedState,
  paths: readonly string[] = [],
): Promise<Changes> {
  const { files, notCompared } = await compareFiles(repository, from, to, paths);
  const changes = files.map(({ path, status, added, deleted, binary }) => ({ path, status, added, deleted, binary }));
  return { changes, notCompared };
}

export async function compareFiles(
  { git }: Repository,
  from: ComparedState,
  to: ComparedState,
  paths: readonly string[] = [],
): Promise<{ readonly files: readonly ComparedFile[]; readonly notCompared: Changes['notCompared'] }> {
  const notCompared = notComparedBetween(from, to, paths);
  const isKnown = ({ path }: FileChange): boolean =>
    !notCompared.some((left) => path === left.path || path.startsWith(`${left.path}/`));
  const output = await git.text(
    [...diffTree, '-z', '--raw', '--numstat', '--no-renames', from.tree, to.tree, '--', ...pathspecs(paths)],
    { env: withPatterns },
  );
  return { files: parseChanges(output).filter(isKnown), notCompared };
}

/** Parses `diff-tree -z --raw --numstat`: first all files' raw records (two fields each), then their counts. */
function parseChanges(output: string): ComparedFile[] {
  const fields = splitRecords(output);
  const rawCount = fields.findIndex((field, at) => at % 2 === 0 && !field.startsWith(':'));
  const raw = new Map<RawPath, readonly string[]>();
  for (let at = 0; at < rawCount; at += 2) raw.set(fields[at + 1] ?? '', (fields[at] ?? '').slice(1).split(' '));
  return fields.slice(Math.max(0, rawCount)).map((field) => {
    const [added = '', deleted = '', ...name] = field.split('\t');
    const path = name.join('\t');
    const [fromMode = '', toMode = '', , , letter] = raw.get(path) ?? [];
    const binary = added === '-';
    const shown = displayPath(path);
    return {
      path: shown,
      fromMode,
      toMode,
      hasTextName: rawPath(shown) === path,
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
  { paths, color, prefix = '' }: PatchOptions,
): Promise<Patch> {
  const notCompared = notComparedBetween(from, to, paths);
  const without = notCompared.map(({ path }) => `:(top,exclude,literal)${path}`);
  const places = [`--src-prefix=a/${prefix}`, `--dst-prefix=b/${prefix}`];
  const options = ['-p', '-M', ...places, color ? '--color=always' : '--color=never'];
  const args = [...diffTree, ...options, from.tree, to.tree, '--', ...pathspecs(paths), ...without];
  return { patch: await git.run(args, { env: withPatterns }), notCompared };
}

/** The present, which has no record yet. */
export function presentState({ worktree, skipped, nested }: WorkingState): ComparedState {
  const repositories = nested.map((path) => ({ path: displayPath(path), reason: 'nested repository', bytes: 0 }));
  return { tree: worktree, skipped: [...skipped, ...repositories] };
}

export function stateOf({ tree, record }: StoredCheckpoint): ComparedState {
  return { tree, skipped: record.skipped };
}

/** A checkpoint, and how its files differ from the commit it was made on; where there was no git, from the checkpoint before. */
export async function showCheckpoint(repository: Repository, id: string): Promise<ShownCheckpoint> {
  const all = await listCheckpoints(repository);
  const checkpoint = await findAmong(repository, all, id);
  const { head, outsideGit } = checkpoint.record;
  const before = outsideGit
    ? all.find(({ record }) => record.outsideGit && record.id < checkpoint.record.id)
    : undefined;
  const nothing: ComparedState = { tree: emptyTreeId(repository), skipped: [] };
  const base = before ? stateOf(before) : head === null ? nothing : { tree: `${head}^{tree}`, skipped: [] };
  const changes = await compareStates(repository, base, stateOf(checkpoint));
  const since = before ? 'previous' : head === null ? 'nothing' : 'head';
  const members = (checkpoint.record.members ?? []).map((member) => ({ ...member, path: displayPath(member.path) }));
  return { checkpoint: summarize(checkpoint), since, outsideGit: outsideGit === true, members, ...changes };
}

interface TreeFile {
  readonly path: RawPath;
  readonly mode: string;
  readonly oid: Oid;
}

/** The files of a tree that a path, as it is shown to people, means. More than one only where names are not UTF-8. */
async function filesNamed(repository: Repository, tree: Oid, path: string): Promise<TreeFile[]> {
  const args = ['-z', '--raw', '--no-renames', '--no-abbrev', emptyTreeId(repository), tree];
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
 * @param raw the checkpoint's tree of bytes that filters do not give back, if it has one
 */
export async function fileAt(repository: Repository, tree: Oid, path: string, raw?: Oid): Promise<Buffer | null> {
  const { git } = repository;
  const found = await filesNamed(repository, tree, path);
  const [file] = found;
  if (!file || file.mode === gitlink) return null;
  if (found.length > 1) {
    throw new CheckpointError('bad-path', '{0} files are shown as {1}, because their names are not UTF-8.', [
      found.length,
      path,
    ]);
  }
  if (file.mode === '120000') return git.run(['cat-file', 'blob', file.oid]);
  const asItWas = raw === undefined ? undefined : (await blobsIn(repository, raw, [file.path])).get(file.path);
  if (asItWas !== undefined) return git.run(['cat-file', 'blob', asItWas]);
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
