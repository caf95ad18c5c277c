import type { InstallRequest } from '../install/agentInstall.ts';
import { installStatusline, uninstallStatusline } from '../install/statuslineInstall.ts';
import type { CommandResult } from './command.ts';
import { unwrap } from './failures.ts';

/** The word that stands for the statusline's tee where an agent's name stands else. */
export const claudeStatusline = 'claude-statusline';

/** `install claude-statusline`: Claude Code's own percentages reach the gauge. */
export async function installClaudeStatusline(request: InstallRequest): Promise<CommandResult> {
  const change = unwrap(await installStatusline(request));
  const would = request.dryRun ? 'would be ' : '';
  return {
    json: { agent: claudeStatusline, scope: request.scope, ...change, dryRun: request.dryRun },
    text: change.changed
      ? `The statusline's tee ${would}installed in ${change.file}.${request.dryRun ? `\n\n${change.after ?? ''}` : ''}`
      : `The statusline's tee is already installed in ${change.file}; nothing was changed.`,
  };
}

export async function uninstallClaudeStatusline(request: InstallRequest): Promise<CommandResult> {
  const change = unwrap(await uninstallStatusline(request));
  const would = request.dryRun ? 'would be ' : '';
  return {
    json: { agent: claudeStatusline, scope: request.scope, ...change, dryRun: request.dryRun },
    text: change.changed
      ? `${change.after === null ? `${change.file} ${would}removed` : `The statusline's tee ${would}removed from ${change.file}`}.`
      : `There is no tee of ours in ${change.file}; nothing was changed.`,
  };
}
