import { said, type Wording } from '../protocol/sentence.ts';
import { execFile } from 'node:child_process';
import type { Surroundings } from '../agents/agent.ts';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { errorText } from '../store/errno.ts';
import { checkpointAlias, writeCheckpointLauncher } from './checkpointLauncher.ts';
import type { LauncherTarget } from './launcher.ts';

/** repository: in its own configuration, which its worktrees share; global: in the user's. */
export const aliasScopes = ['repository', 'global'] as const;
export type AliasScope = (typeof aliasScopes)[number];

export const aliasKey = 'alias.checkpoint';

export interface AliasFailure extends Wording {
  readonly reason: 'no-git' | 'not-a-repository' | 'other-alias' | 'failed';
}

/** `before`/`after`: the key's value in that scope, null where it is not set. `changed` is false when nothing was to be done. */
export interface AliasChange {
  readonly scope: AliasScope;
  readonly key: typeof aliasKey;
  readonly before: string | null;
  readonly after: string | null;
  readonly changed: boolean;
}

export interface AliasRequest {
  readonly scope: AliasScope;
  /** a folder of the repository; for the global scope any folder */
  readonly dir: string;
  readonly surroundings: Surroundings;
  readonly launcher: LauncherTarget;
  /** only say what would change */
  readonly dryRun: boolean;
}

const option = { repository: '--local', global: '--global' } as const;

/** Makes `git checkpoint "message"` a command, by exactly one key of git's configuration. An alias of somebody else's stays. */
export async function installAlias(request: AliasRequest): Promise<Result<AliasChange, AliasFailure>> {
  const alias = checkpointAlias(request.launcher.stateFolder);
  const present = await readAlias(request);
  if (!present.ok) return present;
  const { own, others } = present.value;
  const other = [...own, ...others].find((value) => value !== alias);
  if (other !== undefined) {
    return fail({
      reason: 'other-alias',
      ...said('git has another alias "checkpoint" already: {0}. It was left alone.', other),
    });
  }
  const before = own[0] ?? null;
  const change = { scope: request.scope, key: aliasKey, before, after: alias, changed: before === null } as const;
  if (request.dryRun) return succeed(change);
  try {
    // First, so that the alias never names what is not there.
    await writeCheckpointLauncher(request.launcher);
  } catch (error) {
    return fail({ reason: 'failed', ...said('The launcher could not be written: {0}', errorText(error)) });
  }
  return change.changed ? write(request, [aliasKey, alias], change) : succeed(change);
}

/** Takes the alias out again, if it is still ours; the launcher stays, since another repository may call it. */
export async function uninstallAlias(request: AliasRequest): Promise<Result<AliasChange, AliasFailure>> {
  const alias = checkpointAlias(request.launcher.stateFolder);
  const present = await readAlias(request);
  if (!present.ok) return present;
  const { own } = present.value;
  const isOurs = own.length === 1 && own[0] === alias;
  const before = own.at(-1) ?? null;
  const change = {
    scope: request.scope,
    key: aliasKey,
    before,
    after: isOurs ? null : before,
    changed: isOurs,
  } as const;
  if (!isOurs || request.dryRun) return succeed(change);
  // By its value too: only what was just read is taken away.
  return write(request, ['--fixed-value', '--unset', aliasKey, alias], change);
}

async function write(
  request: AliasRequest,
  args: readonly string[],
  change: AliasChange,
): Promise<Result<AliasChange, AliasFailure>> {
  const done = await runGit(request, ['config', option[request.scope], ...args]);
  if (done.code === 0) return succeed(change);
  return fail({ reason: 'failed', ...said('git could not change its configuration: {0}', done.stderr.trim()) });
}

interface PresentAlias {
  readonly own: readonly string[];
  /** of other scopes: the system's, the user's where a repository is asked for, ... */
  readonly others: readonly string[];
}

async function readAlias(request: AliasRequest): Promise<Result<PresentAlias, AliasFailure>> {
  if (request.scope === 'repository') {
    const inside = await runGit(request, ['rev-parse', '--git-dir']);
    if (inside.code === null) return fail({ reason: 'no-git', ...said('git could not be started.') });
    if (inside.code !== 0) {
      return fail({
        reason: 'not-a-repository',
        ...said('{0} is not in a git repository git would use.', request.dir),
      });
    }
  }
  const all = await runGit(request, ['config', '--show-scope', '--null', '--get-all', aliasKey]);
  if (all.code === null) return fail({ reason: 'no-git', ...said('git could not be started.') });
  // 1: no such key.
  if (all.code > 1) {
    return fail({ reason: 'failed', ...said('git could not read its configuration: {0}', all.stderr.trim()) });
  }
  const fields = all.stdout.split('\0').slice(0, -1);
  const scopeName = request.scope === 'repository' ? 'local' : 'global';
  const own: string[] = [];
  const others: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    (fields[at] === scopeName ? own : others).push(fields[at + 1] ?? '');
  }
  return succeed({ own, others });
}

interface GitRun {
  /** null: git could not be started */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runGit({ dir, surroundings }: AliasRequest, args: readonly string[]): Promise<GitRun> {
  // A variable such as GIT_DIR, set by whoever started us, would send this to another repository's configuration.
  const own = Object.entries(surroundings.env).filter(
    ([name]) => !/^git_(?!config_(global|system|nosystem)$)/i.test(name),
  );
  const env = { ...Object.fromEntries(own), HOME: surroundings.home, LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile('git', [...args], { cwd: dir, env, windowsHide: true }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}
