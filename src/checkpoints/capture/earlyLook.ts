import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { lastStateFile } from '../record/lastState.ts';
import { factsCommand, type Repository } from '../git/repository.ts';
import { statusCommand } from '../git/status.ts';

/**
 * What git said of a folder before this program was there to ask: the hook's launcher lets git look while Node still starts, which
 * takes as long as the look itself.
 */
export interface EarlyLook {
  /** what `factsCommand` printed */
  readonly facts: Buffer;
  /** what `statusCommand` printed, one character per byte */
  readonly statusText: string;
  /** epoch milliseconds; not earlier than when git was started */
  readonly startedAt: number;
}

/** The environment variable that names the file which the launcher lets git write into. */
export const earlyLookVariable = 'SOFT_LANDING_EARLY_LOOK';

/** And the one that tells the process which looks: ended, it ends its git. */
export const earlyProcessVariable = 'SOFT_LANDING_EARLY_PROCESS';

/** The two looks, in this order, as arguments of git. */
export const earlyCommands = [factsCommand, statusCommand];

/** Variables that would send this git elsewhere than ours looks (git.ts takes them away): then there is no early look. */
export const misleadingVariables = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
];

/** Whether the early look was at the repository that `dir` lies in: no other one begins on the way up to its top. */
export function isLookAt(dir: string, { facts }: EarlyLook): boolean {
  const top = facts.toString('utf8').split('\n')[1] ?? '';
  let at: string;
  try {
    at = realpathSync(dir);
  } catch {
    return false;
  }
  for (; at !== top; at = path.dirname(at))
    if (path.dirname(at) === at || existsSync(path.join(at, '.git'))) return false;
  return true;
}

/** File times run behind by a tick of the kernel's clock, and the launcher starts git some milliseconds before Node. */
const marginMs = 150;

/** Whether nobody has staged, saved or reset anything since before the early look began. */
export function isStillValid(repository: Repository, { startedAt }: EarlyLook): boolean {
  const isOlder = (file: string): boolean =>
    (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) < startedAt - marginMs;
  return isOlder(path.join(repository.gitDir, 'index')) && isOlder(lastStateFile(repository));
}
