import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Surroundings } from '../agents/agent.ts';
import { Git, GitError } from '../checkpoints/git/git.ts';
import { factsCommand, linkedName, minimumGit, refNamespace } from '../checkpoints/git/repository.ts';
import { findFolderStore } from '../checkpoints/outside/folderStore.ts';
import { ownStore } from '../checkpoints/outside/storeFolder.ts';
import { timeOfId } from '../checkpoints/record/checkpointRecord.ts';
import { errorCode, errorText } from '../store/errno.ts';
import { isAlive } from '../store/fileLock.ts';
import { isExecutable } from './executable.ts';
import type { CheckpointFacts, GitFacts, RepositoryFacts } from './facts.ts';

const gitLimitMs = 10_000;

export async function gitFacts(env: Surroundings['env']): Promise<GitFacts> {
  const needed = minimumGit.join('.');
  const file = findGit(env['PATH'] ?? '');
  // Not in the given folder: that may not exist, which would look like a missing git.
  const version = await gitIn(path.parse(process.execPath).root)
    .text(['--version'])
    .then(
      (text) => text.trim().replace(/^git version /, ''),
      () => null,
    );
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version ?? '') ?? []).slice(1).map(Number);
  const isRecentEnough = major > minimumGit[0] || (major === minimumGit[0] && minor >= minimumGit[1]);
  return { path: file, version, isRecentEnough, needed };
}

function findGit(searchPath: string): string | null {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, name)).find(isExecutable) ?? null;
}

function gitIn(dir: string, env: Readonly<Record<string, string>> = {}): Git {
  return new Git(dir, { signal: AbortSignal.timeout(gitLimitMs) }, env);
}

/**
 * The checkpoints that belong to `dir`, wherever they are kept. Not through `Checkpoints`: opening makes folders, brings refs to where
 * they belong and mends what is broken, and a doctor only looks.
 */
export async function repositoryFacts(dir: string, stateFolder: string, now: number): Promise<RepositoryFacts> {
  if (!existsSync(dir)) return { dir, checkpoints: [], why: `${dir} does not exist.` };
  try {
    const text = await gitIn(dir).text(factsCommand);
    // Names of folders can be any bytes; UTF-8 is what the file system calls take.
    const [, , gitDir = '', commonDir = ''] = Buffer.from(text, 'latin1').toString('utf8').split('\n');
    const worktree = gitDir === commonDir ? 'main' : linkedName(path.basename(gitDir));
    const own = await checkpointsIn(gitIn(dir), gitDir, gitDir, worktree, now);
    const mirror = ownStore(stateFolder, 'mirror', commonDir).dir;
    if (!existsSync(mirror)) return { dir, checkpoints: [own], why: null };
    const outside = await checkpointsIn(gitIn(dir, { GIT_DIR: mirror }), mirror, mirror, worktree, now);
    return { dir, checkpoints: own.count > 0 ? [own, outside] : [outside], why: null };
  } catch (error) {
    const store = findFolderStore(stateFolder, dir);
    const isNoRepository = error instanceof GitError && error.stderr.includes('not a git repository');
    if (store === null || !isNoRepository) return { dir, checkpoints: [], why: why(dir, error, isNoRepository) };
    return storeFacts(dir, store.store.dir, now);
  }
}

async function storeFacts(dir: string, store: string, now: number): Promise<RepositoryFacts> {
  try {
    return {
      dir,
      checkpoints: [await checkpointsIn(gitIn(dir, { GIT_DIR: store }), store, store, 'main', now)],
      why: null,
    };
  } catch (error) {
    return {
      dir,
      checkpoints: [],
      why: `The checkpoints of ${dir} in ${store} could not be read: ${errorText(error)}`,
    };
  }
}

function why(dir: string, error: unknown, isNoRepository: boolean): string {
  return isNoRepository ? `${dir} is in no git repository, and has no checkpoints.` : errorText(error);
}

async function checkpointsIn(
  git: Git,
  place: string,
  gitDir: string,
  worktree: string,
  now: number,
): Promise<CheckpointFacts> {
  // Only these fields need no object, so that it works on a broken ref.
  const lines = (await git.text(['for-each-ref', '--format=%(objectname) %(refname)', refNamespace])).split('\n');
  const refs = lines
    .filter((line) => line !== '')
    .map((line) => ({ oid: line.split(' ')[0] ?? '', name: line.slice(line.indexOf(' ') + 1) }));
  const ids = refs
    .map(({ name }) => name.split('/'))
    .filter((parts) => parts.at(-1) === 'w' && parts.at(-3) === worktree)
    .map((parts) => parts.at(-2) ?? '')
    .sort();
  const places = [...new Set([place, path.join(gitDir, 'soft-landing')])];
  return {
    place,
    count: ids.length,
    newestAt: timeOfId(ids.at(-1) ?? ''),
    broken: await brokenRefs(git, refs),
    leftovers: places.flatMap((folder) => leftoversIn(folder, now)),
  };
}

async function brokenRefs(
  git: Git,
  refs: readonly { readonly oid: string; readonly name: string }[],
): Promise<readonly string[]> {
  if (refs.length === 0) return [];
  // Peeled too: a tag that is there but whose tree is gone makes every listing fail just the same.
  const input = refs.map(({ oid }) => `${oid}\n${oid}^{}\n`).join('');
  const answers = (await git.text(['cat-file', '--batch-check'], { input })).split('\n');
  const isMissing = (at: number): boolean => answers[at]?.endsWith(' missing') ?? false;
  return refs.filter((_, at) => isMissing(2 * at) || isMissing(2 * at + 1)).map(({ name }) => name);
}

/** Journals and locks: what is there while we work, and after a kill. */
function leftoversIn(folder: string, now: number): CheckpointFacts['leftovers'] {
  const isOurs = path.basename(folder) === 'soft-landing';
  const names = isOurs ? /^(?:lock|lock\.break|restore\.json|commit\.json|index\.\d+\..*)$/ : /^index\.lock$/;
  return listing(folder)
    .filter((name) => names.test(name))
    .flatMap((name) => leftover(path.join(folder, name), now));
}

function leftover(file: string, now: number): CheckpointFacts['leftovers'] {
  try {
    const ageMs = Math.max(0, now - lstatSync(file).mtimeMs);
    return [{ file, ageMs, isInUse: isInUse(file, ageMs) }];
  } catch (error) {
    // Gone since: whoever had it has finished.
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Believed for half an hour, which is longer than anything of ours works; what names a process of this machine only while that lives. */
function isInUse(file: string, ageMs: number): boolean {
  if (ageMs > 30 * 60_000) return false;
  const text = lstatSync(file).size < 10_000 ? readFileSync(file, 'latin1') : '';
  const [, pid, host = os.hostname()] =
    /^(?:soft-landing restore )?(\d+) (\S+)/.exec(text) ?? /"pid":(\d+)/.exec(text) ?? [];
  return pid === undefined || host !== os.hostname() || isAlive(Number(pid));
}

function listing(folder: string): readonly string[] {
  try {
    return readdirSync(realpathSync(folder));
  } catch {
    return [];
  }
}
