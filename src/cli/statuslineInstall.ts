import { statSync } from 'node:fs';
import { installScopes, type InstallScope } from '../install/claudeInstall.ts';
import { installStatusline, uninstallStatusline, type StatuslineRequest } from '../install/statuslineInstall.ts';
import { CommandError, UsageError, type CommandContext, type CommandResult, type OptionValues } from './command.ts';
import { unwrap } from './failures.ts';

/** The word that stands for the statusline's tee where an agent's name stands else. */
export const claudeStatusline = 'claude-statusline';

function requestOf(context: CommandContext, values: OptionValues): StatuslineRequest {
  const { repoDir, surroundings, stateFolder } = context;
  const given = values['scope'] ?? 'user';
  const scope = installScopes.find((name): name is InstallScope => name === given);
  if (!scope) throw new UsageError(`--scope is one of ${installScopes.join(', ')}`);
  if (scope !== 'user' && !statSync(repoDir, { throwIfNoEntry: false })?.isDirectory())
    throw new CommandError('not-a-folder', `${repoDir} is not a folder. Nothing was changed.`);
  return { scope, projectDir: repoDir, surroundings, stateFolder, dryRun: values['dry-run'] === true };
}

/** `install claude-statusline`: Claude Code's own percentages reach the gauge. */
export async function installClaudeStatusline(context: CommandContext, values: OptionValues): Promise<CommandResult> {
  const request = requestOf(context, values);
  const change = unwrap(await installStatusline(request));
  const would = request.dryRun ? 'would be ' : '';
  return {
    json: { agent: claudeStatusline, scope: request.scope, ...change, dryRun: request.dryRun },
    text: change.changed
      ? `The statusline's tee ${would}installed in ${change.file}.${request.dryRun ? `\n\n${change.after ?? ''}` : ''}`
      : `The statusline's tee is already installed in ${change.file}; nothing was changed.`,
  };
}

export async function uninstallClaudeStatusline(context: CommandContext, values: OptionValues): Promise<CommandResult> {
  const request = requestOf(context, values);
  const change = unwrap(await uninstallStatusline(request));
  const would = request.dryRun ? 'would be ' : '';
  return {
    json: { agent: claudeStatusline, scope: request.scope, ...change, dryRun: request.dryRun },
    text: change.changed
      ? `${change.after === null ? `${change.file} ${would}removed` : `The statusline's tee ${would}removed from ${change.file}`}.`
      : `There is no tee of ours in ${change.file}; nothing was changed.`,
  };
}
