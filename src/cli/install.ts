import { statSync } from 'node:fs';
import path from 'node:path';
import { installClaude, installScopes, uninstallClaude, type InstallScope } from '../install/claudeInstall.ts';
import type { LauncherTarget } from '../install/launcher.ts';
import {
  CommandError,
  UsageError,
  type Command,
  type CommandContext,
  type CommandOptions,
  type OptionValues,
} from './command.ts';
import { unwrap } from './failures.ts';
import { gitCheckpoint, installGitCheckpoint, uninstallGitCheckpoint } from './gitCheckpointInstall.ts';
import { claudeStatusline, installClaudeStatusline, uninstallClaudeStatusline } from './statuslineInstall.ts';

const options: CommandOptions = { scope: { type: 'string' }, 'dry-run': { type: 'boolean' } };

function scopeOf(values: OptionValues): InstallScope {
  const given = values['scope'] ?? 'user';
  const scope = installScopes.find((name) => name === given);
  if (!scope) throw new UsageError(`--scope is one of ${installScopes.join(', ')}`);
  return scope;
}

function requestOf(context: CommandContext, values: OptionValues, positionals: readonly string[]) {
  const [agent, ...rest] = positionals;
  if (agent === undefined || rest.length > 0)
    throw new UsageError(`exactly one is needed: claude, ${claudeStatusline}, ${gitCheckpoint}`);
  if (agent !== 'claude') throw new CommandError('unknown-agent', `${agent} is not supported yet; claude is.`);
  const scope = scopeOf(values);
  if (scope !== 'user' && !statSync(context.repoDir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError('not-a-folder', `${context.repoDir} is not a folder. Nothing was changed.`);
  }
  return {
    scope,
    projectDir: context.repoDir,
    surroundings: context.surroundings,
    dryRun: values['dry-run'] === true,
    launcher: launcherOf(context),
  };
}

function launcherOf(context: CommandContext): LauncherTarget {
  return {
    // The bundles lie side by side in dist/.
    hook: path.join(context.programDir, 'hook.cjs'),
    runtimes: [process.execPath],
    stateFolder: context.stateFolder,
  };
}

/** What can be installed and is no agent. */
const isOnly = (positionals: readonly string[], name: string): boolean =>
  positionals.length === 1 && positionals[0] === name;

export const install: Command = {
  name: 'install',
  usage:
    'install claude|claude-statusline [--scope user|project|local] | git-checkpoint [--scope repository|global] [--dry-run]',
  summary:
    'put the hooks, or a tee of the statusline, into the agent\'s settings; or make `git checkpoint "message"` a command',
  options,
  async run(context, values, positionals) {
    if (isOnly(positionals, claudeStatusline)) return installClaudeStatusline(context, values);
    if (isOnly(positionals, gitCheckpoint)) return installGitCheckpoint(context, values, launcherOf(context));
    const request = requestOf(context, values, positionals);
    const change = unwrap(await installClaude(request));
    const would = request.dryRun ? 'would be ' : '';
    return {
      json: { agent: 'claude', scope: request.scope, ...change, dryRun: request.dryRun },
      text: change.changed
        ? `Hooks ${would}installed in ${change.file}.${request.dryRun ? `\n\n${change.after ?? ''}` : ''}`
        : `Hooks are already installed in ${change.file}; nothing was changed.`,
    };
  },
};

export const uninstall: Command = {
  name: 'uninstall',
  usage:
    'uninstall claude|claude-statusline [--scope user|project|local] | git-checkpoint [--scope repository|global] [--dry-run]',
  summary: 'take the hooks, the tee, or the `git checkpoint` alias, out again',
  options,
  async run(context, values, positionals) {
    if (isOnly(positionals, claudeStatusline)) return uninstallClaudeStatusline(context, values);
    if (isOnly(positionals, gitCheckpoint)) return uninstallGitCheckpoint(context, values, launcherOf(context));
    const request = requestOf(context, values, positionals);
    const change = unwrap(await uninstallClaude(request));
    const would = request.dryRun ? 'would be ' : '';
    return {
      json: { agent: 'claude', scope: request.scope, ...change, dryRun: request.dryRun },
      text: change.changed
        ? `${change.after === null ? `${change.file} ${would}removed` : `Hooks ${would}removed from ${change.file}`}.`
        : `There are no hooks of ours in ${change.file}; nothing was changed.`,
    };
  },
};
