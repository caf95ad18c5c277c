import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Git } from '../../checkpoints/git/git.ts';
import { refNamespace } from '../../checkpoints/git/repository.ts';
import { fail, succeed, type Result } from '../../protocol/result.ts';
import { said, type Wording } from '../../protocol/sentence.ts';
import { errorText } from '../../store/errno.ts';
import { takeFileLock, type FileLock } from '../../store/fileLock.ts';
import type { Trace } from './trace.ts';

type RepositoryTrace = Extract<Trace, { readonly kind: 'checkpoints' }>;

const gitLimitMs = 10_000;
const lockWaitMs = 5000;
/** As it is called in each git directory. */
const ownFolder = 'soft-landing';

/** The git directory that `dir`'s repository shares with its worktrees; null: it is in none that git would use. */
export async function commonDirOf(dir: string): Promise<string | null> {
  if (!existsSync(dir)) return null;
  const args = ['rev-parse', '--path-format=absolute', '--git-common-dir'];
  const answer = await new Git(dir, { signal: AbortSignal.timeout(gitLimitMs) }).run(args).catch(() => null);
  const text = answer?.toString('utf8').trim() ?? '';
  return path.isAbsolute(text) ? text : null;
}

/** What of ours is in these git directories. One that is gone, or that git cannot read, has nothing that we could take away. */
export async function findRepositoryTraces(repositories: readonly string[]): Promise<readonly RepositoryTrace[]> {
  const found: RepositoryTrace[] = [];
  for (const repository of repositories) {
    if (!existsSync(repository)) continue;
    const names = await refNames(repository).catch(() => []);
    const folders = await ownFolders(repository);
    if (names.length === 0 && folders.length === 0) continue;
    const checkpoints = names.filter((name) => name.endsWith('/w')).length;
    found.push({ kind: 'checkpoints', repository, checkpoints, folders });
  }
  return found;
}

async function refNames(repository: string): Promise<readonly string[]> {
  // Only the name needs no object, so that it works on a broken ref.
  const text = await gitOf(repository).text(['for-each-ref', '--format=%(refname)', refNamespace]);
  return text.split('\n').filter(Boolean);
}

function gitOf(repository: string): Git {
  return new Git(repository, { signal: AbortSignal.timeout(gitLimitMs) }, { GIT_DIR: repository });
}

/** Ours in the main git directory and in each linked worktree's. */
async function ownFolders(repository: string): Promise<readonly string[]> {
  const worktrees = path.join(repository, 'worktrees');
  const names = await readdir(worktrees).catch(() => []);
  const places = [repository, ...names.map((name) => path.join(worktrees, name))];
  return places.map((place) => path.join(place, ownFolder)).filter((folder) => existsSync(folder));
}

/** Deletes our refs and folders there: all, or, where something of ours is still at work or was cut off, none. */
export async function removeFromRepository({ repository, folders }: RepositoryTrace): Promise<Result<null, Wording>> {
  const locks: FileLock[] = [];
  try {
    for (const folder of folders) {
      const lock = await takeFileLock(path.join(folder, 'lock'), lockWaitMs);
      if (!lock) return fail(said('A checkpoint or reset is still running there. Nothing of it was removed.'));
      locks.push(lock);
      // What a killed reset left half done can be taken back by what we are about to delete, and by nothing else.
      if (existsSync(path.join(folder, 'restore.json'))) {
        return fail(
          said(
            'A reset was cut off there. Take it back first (soft-landing checkpoint undo); nothing of it was removed.',
          ),
        );
      }
    }
    const names = await refNames(repository);
    const lines = [...names].sort(checkpointsFirst).map((name) => `delete ${name}`);
    const input = Buffer.from(['start', ...lines, 'prepare', 'commit', ''].join('\n'), 'latin1');
    // Without a deadline: a git that is killed here leaves ref locks behind which nobody takes away.
    if (names.length > 0)
      await gitOf(repository).uninterrupted().run(['update-ref', '--no-deref', '--stdin'], { input });
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
    return succeed(null);
  } catch (error) {
    return fail({ message: errorText(error) });
  } finally {
    for (const lock of locks) lock.release();
  }
}

/** What names a checkpoint goes first: should git be killed half-way, none is left that looks whole and is not. */
function checkpointsFirst(a: string, b: string): number {
  return Number(b.endsWith('/w')) - Number(a.endsWith('/w'));
}
