import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import { errorCode } from '../../store/errno.ts';
import type { StoredCheckpoint } from './checkpointRecord.ts';
import { lastStateStamp } from './lastState.ts';
import { refNamespace, type Repository } from '../git/repository.ts';
import { namesIn } from '../../store/namesIn.ts';

/*
 * What is remembered of the list of checkpoints. git takes 0.6 s to tell of 10,000 (each is a file to open, and one to inflate), and
 * nearly all of them are the same as last time: so each is remembered together with the stamp of the ref that names it.
 *
 * It is only a memory. What it does not know is read with git, and whoever loses it loses time.
 */
export interface ListMemory {
  /** of the whole; equal stamps mean that nothing has happened since */
  readonly stamp: string;
  readonly entries: Map<string, ListEntry>;
}

/** A checkpoint, and the stamp of its ref at that time; null: something else than a checkpoint that this version can use. */
export interface ListEntry {
  readonly stamp: string;
  readonly checkpoint: StoredCheckpoint | null;
}

/** In this process, by working tree: an editor asks again and again. */
const memories = new WeakMap<Repository, ListMemory>();

/** Fewer than this are read with git just as fast. */
const fewest = 200;

/** Entries are believed as they stand: checking ten thousand takes longer than asking git, and only we write here. */
const entriesSchema = v.custom<readonly (readonly [string, ListEntry])[]>((input) => Array.isArray(input));
const fileSchema = v.object({ v: v.literal(1), stamp: v.string(), entries: entriesSchema });

function memoryFile(repository: Repository): string {
  return path.join(repository.privateDir, 'list.json');
}

function folderOf(repository: Repository): string {
  return path.join(repository.refsDir, refNamespace, repository.worktree);
}

function stampOf(file: string): string | null {
  try {
    const info = statSync(file, { throwIfNoEntry: false });
    return info ? `${info.ino}:${info.mtimeMs}:${info.size}` : null;
  } catch (error) {
    // A linked worktree may be called "heads", where commits' refs are files.
    if (errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/**
 * Changes with every checkpoint that comes, goes or is rewritten: a new one is a new folder, and whoever renames or pins one leaves
 * word (`rememberState`). Null where refs are not files, and nothing can be told without git.
 */
export function listStamp(repository: Repository): string | null {
  const folder = stampOf(folderOf(repository));
  const packed = stampOf(path.join(repository.refsDir, 'packed-refs'));
  const isReftable = stampOf(path.join(repository.refsDir, 'reftable')) !== null;
  if (isReftable || (folder === null && packed === null)) return null;
  return `${lastStateStamp(repository)} ${folder ?? '-'} ${packed ?? '-'}`;
}

/** Ref name → stamp, of every checkpoint of this working tree, read without git. */
export function refStamps(repository: Repository): Map<string, string> {
  const prefix = `${refNamespace}/${repository.worktree}/`;
  const stamps = packedRefs(repository, prefix);
  for (const id of namesIn(folderOf(repository))) {
    const stamp = stampOf(path.join(folderOf(repository), id, 'w'));
    if (stamp !== null) stamps.set(`${prefix}${id}/w`, stamp);
  }
  return stamps;
}

/**
 * The last of all names that checkpoints of this working tree have, in the order of ids, read without git; "" if there are none. Null
 * where refs are not files. A name whose checkpoint is being deleted counts too.
 */
export function newestName(repository: Repository, isId: (name: string) => boolean): string | null {
  if (listStamp(repository) === null) return null;
  const packed = [...packedRefs(repository, `${refNamespace}/${repository.worktree}/`).keys()];
  const names = [...packed.map((ref) => ref.split('/').at(-2) ?? ''), ...namesIn(folderOf(repository))].filter(isId);
  return names.reduce((newest, name) => (name > newest ? name : newest), '');
}

/** git packs refs into one file, a line each, sorted by name. */
function packedRefs(repository: Repository, prefix: string): Map<string, string> {
  const stamps = new Map<string, string>();
  let text: Buffer;
  try {
    text = readFileSync(path.join(repository.refsDir, 'packed-refs'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return stamps;
    throw error;
  }
  for (let at = text.indexOf(` ${prefix}`); at >= 0; at = text.indexOf(` ${prefix}`, at + 1)) {
    const end = text.indexOf(10, at);
    const name = text.toString('utf8', at + 1, end < 0 ? text.length : end);
    const start = text.lastIndexOf(10, at) + 1;
    if (name.endsWith('/w')) stamps.set(name, text.toString('latin1', start, at));
  }
  return stamps;
}

export async function readListMemory(repository: Repository): Promise<ListMemory | null> {
  const known = memories.get(repository);
  if (known) return known;
  const read = await readMemoryFile(repository);
  if (read) memories.set(repository, read);
  return read;
}

/** Lets this process know a checkpoint that was just made, under the lock that all take who make or rewrite one. */
export function noteCheckpoint(repository: Repository, checkpoint: StoredCheckpoint): void {
  const stamp = stampOf(path.join(repository.refsDir, checkpoint.ref));
  // The whole list's stamp stays as it is: it no longer fits, so the refs are looked at, and this one is known.
  if (stamp !== null) memories.get(repository)?.entries.set(checkpoint.ref, { stamp, checkpoint });
}

async function readMemoryFile(repository: Repository): Promise<ListMemory | null> {
  const parsed = await readJsonFile(memoryFile(repository), fileSchema);
  return parsed && { stamp: parsed.stamp, entries: new Map(parsed.entries) };
}

/** @param fresh how many of the entries are new */
export async function keepListMemory(repository: Repository, memory: ListMemory, fresh: number): Promise<void> {
  const before = memories.get(repository);
  memories.set(repository, memory);
  const isWorthIt = memory.entries.size >= fewest && (!before || fresh * 20 > memory.entries.size);
  if (!isWorthIt) return;
  const text = JSON.stringify({ v: 1, stamp: memory.stamp, entries: [...memory.entries] });
  // A full disk must not keep anybody from seeing what there is.
  await writeFileAtomic(memoryFile(repository), text, 0o600, { isExpendable: true }).catch(() => undefined);
}
