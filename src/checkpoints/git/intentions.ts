import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathBytes, records, splitRecords, type RawPath } from './git.ts';
import { newObject } from './objects.ts';
import type { PrivateIndex } from './privateIndex.ts';
import { lstatOrNull, type Repository } from './repository.ts';
import type { Status, StatusEntry } from './status.ts';

/** A path that `git add -N` has put into the index: without content, but with a mode, which need not be the file's any more. */
export interface Intention {
  readonly path: RawPath;
  readonly mode: string;
}

const intentToAddFlag = 0x2000_0000;

/** Whether an entry may be an intention. Of one whose file is gone the status tells no more than that an empty file is. */
export function mayBeIntention(repository: Repository, { unstaged, indexOid }: StatusEntry): boolean {
  return unstaged === 'A' || (unstaged === 'D' && indexOid === newObject(repository, 'blob', Buffer.alloc(0)).oid);
}

/** The intentions in an index that is as the status found it. */
export async function readIntentions(
  repository: Repository,
  index: PrivateIndex,
  { entries }: Status,
): Promise<readonly Intention[]> {
  const possible = new Set(entries.filter((entry) => mayBeIntention(repository, entry)).map((entry) => entry.path));
  if (possible.size === 0) return [];
  const chunks = (await repository.git.text(['ls-files', '--stage', '--debug', '-z'], { index: index.file })).split(
    '\0',
  );
  const found: Intention[] = [];
  let entry = chunks[0] ?? '';
  // Behind each entry what the index knows of the file, in five lines, and then the next entry.
  for (const chunk of chunks.slice(1)) {
    const [, flags = '', next = ''] = /\tflags: ([0-9a-f]+)\n([^]*)$/.exec(chunk) ?? [];
    const name = entry.slice(entry.indexOf('\t') + 1);
    const isIntention = (parseInt(flags, 16) & intentToAddFlag) !== 0;
    if (isIntention && possible.has(name)) found.push({ path: name, mode: entry.slice(0, 6) });
    entry = next;
  }
  return found;
}

/**
 * Puts intentions into an index. Git takes the mode from the file, and refuses where there is none: so it is shown files that are as
 * they were when it was told of them.
 */
export async function addIntentions(
  repository: Repository,
  index: PrivateIndex,
  intentions: readonly Intention[],
): Promise<void> {
  if (intentions.length === 0) return;
  const entries = splitRecords(await repository.git.text(['ls-files', '-z'], { index: index.file }));
  const possible = withRoom(intentions, entries);
  if (possible.length === 0) return;
  const folder = await mkdtemp(path.join(repository.privateDir, `intentions.${process.pid}.`));
  try {
    for (const { path: name, mode } of possible) {
      const file = Buffer.concat([Buffer.from(`${folder}/`), pathBytes(name)]);
      mkdirSync(file.subarray(0, file.lastIndexOf('/')), { recursive: true });
      if (mode === '120000') symlinkSync('nowhere', file);
      else writeFileSync(file, '');
      if (mode === '100755') chmodSync(file, 0o755);
    }
    await repository.git.run(['-C', folder, 'add', '-f', '-N', '--pathspec-from-file=-', '--pathspec-file-nul'], {
      index: index.file,
      env: { GIT_DIR: repository.gitDir, GIT_WORK_TREE: folder },
      input: records(possible.map(({ path: name }) => name)),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Those that can stand beside an index's entries, and beside each other: not where a file is a folder in the other, or staged already. */
function withRoom(intentions: readonly Intention[], entries: readonly RawPath[]): readonly Intention[] {
  const files = new Set<RawPath>();
  const folders = new Set<RawPath>();
  const take = (name: RawPath): void => {
    files.add(name);
    for (const folder of foldersOf(name)) folders.add(folder);
  };
  entries.forEach(take);
  return intentions.filter(({ path: name }) => {
    const hasRoom = !files.has(name) && !folders.has(name) && !foldersOf(name).some((folder) => files.has(folder));
    if (hasRoom) take(name);
    return hasRoom;
  });
}

function foldersOf(name: RawPath): readonly RawPath[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

/** The mode that a file has for git; null: there is none. For records from before modes were kept. */
export function modeOnDisk(repository: Repository, name: RawPath): string | null {
  const info = lstatOrNull(repository, name);
  if (!info || info.isDirectory()) return null;
  if (info.isSymbolicLink()) return '120000';
  return (info.mode & 0o100n) === 0n ? '100644' : '100755';
}
