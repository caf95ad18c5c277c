import { statSync } from 'node:fs';
import path from 'node:path';
import {
  agentInstalls,
  installAgent,
  uninstallAgent,
  type AgentInstall,
  type InstallRequest,
  type InstallScope,
} from '../install/agentInstall.ts';
import { claudeInstall } from '../install/claudeInstall.ts';
import type { InstallChange } from '../install/settingsInstall.ts';
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
import { everything, uninstallEverything } from './uninstallEverything.ts';
import { gitCheckpoint, installGitCheckpoint, uninstallGitCheckpoint } from './gitCheckpointInstall.ts';
import { claudeStatusline, installClaudeStatusline, uninstallClaudeStatusline } from './statuslineInstall.ts';

const options: CommandOptions = { scope: { type: 'string' }, 'dry-run': { type: 'boolean' } };

const agentNames = agentInstalls.map(({ agent }) => agent);

function scopeOf(agent: AgentInstall, values: OptionValues): InstallScope {
  const given = values['scope'] ?? 'user';
  const scope = agent.scopes.find((name) => name === given);
  if (!scope) throw new UsageError(`--scope of ${agent.agent} is one of ${agent.scopes.join(', ')}`);
  return scope;
}

function agentOf(positionals: readonly string[]): AgentInstall {
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) {
    throw new UsageError(`exactly one is needed: ${[...agentNames, claudeStatusline, gitCheckpoint].join(', ')}`);
  }
  const agent = agentInstalls.find((each) => each.agent === name);
  if (!agent) {
    throw new CommandError('unknown-agent', `${name} is not supported; these are: ${agentNames.join(', ')}.`);
  }
  return agent;
}

function requestOf(context: CommandContext, agent: AgentInstall, values: OptionValues): InstallRequest {
  const scope = scopeOf(agent, values);
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

/** What can be installed and is no agent's hooks. */
const isOnly = (positionals: readonly string[], name: string): boolean =>
  positionals.length === 1 && positionals[0] === name;

const usage = `${[...agentNames, claudeStatusline].join('|')} [--scope user|project|local] | git-checkpoint [--scope repository|global] [--dry-run]`;

export const install: Command = {
  name: 'install',
  usage: `install ${usage}`,
  summary:
    'put the hooks, or the tee of the statusline, into the agent\'s files; or make `git checkpoint "message"` a command',
  options,
  async run(context, values, positionals) {
    if (isOnly(positionals, claudeStatusline))
      return installClaudeStatusline(requestOf(context, claudeInstall, values));
    if (isOnly(positionals, gitCheckpoint)) return installGitCheckpoint(context, values, launcherOf(context));
    const agent = agentOf(positionals);
    const request = requestOf(context, agent, values);
    const change = unwrap(await installAgent(agent, request));
    const trust = await trustOf(agent, change, request);
    return {
      json: { agent: agent.agent, scope: request.scope, ...change, ...trust?.json, dryRun: request.dryRun },
      text: `${installedText(change, request.dryRun)}${trust?.text ?? ''}`,
    };
  },
};

function installedText(change: InstallChange, dryRun: boolean): string {
  if (!change.changed) return `Hooks are already installed in ${change.file}; nothing was changed.`;
  const would = dryRun ? 'would be ' : '';
  return `Hooks ${would}installed in ${change.file}.${dryRun ? `\n\n${change.after ?? ''}` : ''}`;
}

/** Codex runs hooks only after a person has agreed to them in it, and says nothing when it leaves them out. */
async function trustOf(agent: AgentInstall, change: InstallChange, { surroundings, dryRun }: InstallRequest) {
  const trust = dryRun ? undefined : await agent.trust?.(change.file, surroundings);
  if (!trust) return null;
  const hint = `\n${agent.title} runs them only after you have agreed to them in it: start \`${agent.agent}\` and open /hooks.`;
  return { json: { trust: trust.state }, text: trust.state === 'trusted' ? '' : hint };
}

export const uninstall: Command = {
  name: 'uninstall',
  usage: `uninstall ${usage} | everything [--keep-checkpoints] [--dry-run]`,
  summary: 'take the hooks, the tee, or the `git checkpoint` alias, out again; or all we ever wrote',
  options: { ...options, 'keep-checkpoints': { type: 'boolean' } },
  async run(context, values, positionals) {
    if (isOnly(positionals, everything)) return uninstallEverything(context, values, launcherOf(context));
    if (isOnly(positionals, claudeStatusline))
      return uninstallClaudeStatusline(requestOf(context, claudeInstall, values));
    if (isOnly(positionals, gitCheckpoint)) return uninstallGitCheckpoint(context, values, launcherOf(context));
    const agent = agentOf(positionals);
    const request = requestOf(context, agent, values);
    const change = unwrap(await uninstallAgent(agent, request));
    const would = request.dryRun ? 'would be ' : '';
    return {
      json: { agent: agent.agent, scope: request.scope, ...change, dryRun: request.dryRun },
      text: change.changed
        ? `${change.after === null ? `${change.file} ${would}removed` : `Hooks ${would}removed from ${change.file}`}.`
        : `There are no hooks of ours in ${change.file}; nothing was changed.`,
    };
  },
};
