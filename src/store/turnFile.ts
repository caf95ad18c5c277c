import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { turnFileSchema, turnsSchema, type Turn, type TurnFit } from '../protocol/turn.ts';
import { makePrivateFolder, writeFileAtomic } from './atomicFile.ts';
import { errorCode } from './errno.ts';
import { expendableFiles, forgetOldest } from './expendableFiles.ts';
import { takeFileLock } from './fileLock.ts';

// Past turns of the agents, one small file per repository, so that the hook reads what it needs in a few milliseconds. Only features and
// counts are in them, no prompt.

/** More would not be nearer to a task than these, and would cost every prompt. */
export const mostTurns = 300;
/** Repositories nobody works in any more are forgotten when new ones come. */
const mostFiles = 200;
const longestFile = 4 << 20;

/** Past turns, oldest first, and how well estimates from them fit; null: not known. */
export interface Turns {
  readonly turns: readonly Turn[];
  readonly fit: TurnFit | null;
}

const noTurns: Turns = { turns: [], fit: null };

/** A number for a session, under which its id cannot be read back. */
export function sessionNumber(agent: string, sessionId: string): number {
  return createHash('sha256').update(`${agent}\0${sessionId}`).digest().readUIntBE(0, 6);
}

/** The folder that a directory's turns are kept under: the repository's, of a linked worktree the main one's, else itself. */
export function repositoryFolder(cwd: string): string {
  let start = path.resolve(cwd);
  try {
    start = realpathSync(start);
  } catch {
    // A repository that is gone has a history all the same.
  }
  for (let folder = start; ; folder = path.dirname(folder)) {
    try {
      if (statSync(path.join(folder, '.git')).isDirectory()) return folder;
      return mainFolder(path.join(folder, '.git')) ?? folder;
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') throw error;
    }
    if (path.dirname(folder) === folder) return start;
  }
}

/** The main worktree's folder, from the file `.git` of a linked one. */
function mainFolder(gitFile: string): string | null {
  const gitDir = /^gitdir: (.+)$/m.exec(readFileSync(gitFile, 'utf8'))?.[1];
  const common =
    gitDir === undefined ? undefined : /^(.*)[\\/]\.git[\\/]worktrees[\\/][^\\/]+$/.exec(gitDir.trim())?.[1];
  return common === undefined ? null : path.resolve(path.dirname(gitFile), common);
}

export function turnsFolder(stateFolder: string): string {
  return path.join(stateFolder, 'turns');
}

function turnFile(stateFolder: string, folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  return path.join(turnsFolder(stateFolder), `${name}.json`);
}

/**
 * The newest turns, oldest first; none where there is no file, or one that is torn or of another version. Throws what reading throws
 * (permission).
 */
export function readTurns(stateFolder: string, folder: string, most = mostTurns): Turns {
  return readFile(turnFile(stateFolder, folder), most);
}

/** Turns of the other repositories, newest last, of at most `files` files: what there is to go by in a repository that is new. */
export function readOtherTurns(stateFolder: string, folder: string, files: number, most = mostTurns): readonly Turn[] {
  const own = turnFile(stateFolder, folder);
  const newest = expendableFiles(turnsFolder(stateFolder))
    .filter((file) => file.path !== own)
    .slice(0, files);
  return newest.flatMap((file) => readFile(file.path, most).turns).sort((a, b) => a.at - b.at);
}

/**
 * Replaces a repository's turns by what `change` makes of them, if another process leaves the lock in time; false if it does not. Only
 * what differs is written.
 */
export async function changeTurns(
  stateFolder: string,
  folder: string,
  waitMs: number,
  change: (turns: readonly Turn[]) => readonly Turn[],
  fitOf: ((turns: readonly Turn[]) => TurnFit) | null = null,
): Promise<boolean> {
  const file = turnFile(stateFolder, folder);
  await makePrivateFolder(path.dirname(file));
  const lock = await takeFileLock(`${file}.lock`, waitMs);
  if (lock === null) return false;
  try {
    const { turns: before } = readFile(file);
    const after = [...change(before)].sort((a, b) => a.at - b.at || a.session - b.session).slice(-mostTurns);
    if (after.length === 0 || JSON.stringify(after) === JSON.stringify(before)) return true;
    if (before.length === 0) forgetOldest(turnsFolder(stateFolder), mostFiles);
    await writeFileAtomic(file, textOf(folder, after, fitOf?.(after) ?? null), 0o600, { isExpendable: true });
    return true;
  } finally {
    lock.release();
  }
}

function textOf(folder: string, turns: readonly Turn[], fit: TurnFit | null): string {
  return `${JSON.stringify({ v: 1, folder, turns, fit })}\n`;
}

function readFile(file: string, most = mostTurns): Turns {
  try {
    if (statSync(file).size > longestFile) return noTurns;
    const parsed = v.safeParse(turnFileSchema, JSON.parse(readFileSync(file, 'utf8')));
    if (!parsed.success) return noTurns;
    // Checking a turn takes longer than reading it, so only those that are wanted are checked.
    const turns = v.safeParse(turnsSchema, parsed.output.turns.slice(-most));
    return turns.success ? { turns: turns.output, fit: parsed.output.fit } : noTurns;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return noTurns;
    throw error;
  }
}
