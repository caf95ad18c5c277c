import { statSync } from 'node:fs';
import type { LauncherTarget } from '../install/launcher.ts';
import {
  aliasKey,
  aliasScopes,
  installAlias,
  uninstallAlias,
  type AliasChange,
  type AliasRequest,
  type AliasScope,
} from '../install/gitAlias.ts';
import { CommandError, UsageError, type CommandContext, type CommandResult, type OptionValues } from './command.ts';
import { unwrap } from './failures.ts';

/** The word that stands for the alias where an agent's name stands else. */
export const gitCheckpoint = 'git-checkpoint';

function scopeOf(values: OptionValues): AliasScope {
  const given = values['scope'] ?? 'repository';
  const scope = aliasScopes.find((name) => name === given);
  if (!scope) throw new UsageError(`--scope of ${gitCheckpoint} is one of ${aliasScopes.join(', ')}`);
  return scope;
}

function requestOf(context: CommandContext, values: OptionValues, launcher: LauncherTarget): AliasRequest {
  if (!statSync(context.repoDir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError('not-a-folder', `${context.repoDir} is not a folder. Nothing was changed.`);
  }
  return {
    scope: scopeOf(values),
    dir: context.repoDir,
    surroundings: context.surroundings,
    launcher,
    dryRun: values['dry-run'] === true,
  };
}

const where = ({ scope }: AliasChange): string =>
  scope === 'global' ? 'your git configuration (global)' : "this repository's git configuration";

export async function installGitCheckpoint(
  context: CommandContext,
  values: OptionValues,
  launcher: LauncherTarget,
): Promise<CommandResult> {
  const request = requestOf(context, values, launcher);
  const change = unwrap(await installAlias(request));
  const would = request.dryRun ? 'would be ' : '';
  return {
    json: { agent: gitCheckpoint, ...change, dryRun: request.dryRun },
    text: change.changed
      ? `git checkpoint "message" ${would}installed in ${where(change)}:\n\n  ${aliasKey} = ${change.after ?? ''}`
      : `git checkpoint is already installed in ${where(change)}; nothing was changed.`,
  };
}

export async function uninstallGitCheckpoint(
  context: CommandContext,
  values: OptionValues,
  launcher: LauncherTarget,
): Promise<CommandResult> {
  const request = requestOf(context, values, launcher);
  const change = unwrap(await uninstallAlias(request));
  const would = request.dryRun ? 'would be ' : '';
  const kept = change.before === null ? '' : ` The alias there (${change.before}) is not ours.`;
  return {
    json: { agent: gitCheckpoint, ...change, dryRun: request.dryRun },
    text: change.changed
      ? `${aliasKey} ${would}removed from ${where(change)}.`
      : `There is no alias of ours in ${where(change)}; nothing was changed.${kept}`,
  };
}
