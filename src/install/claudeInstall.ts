import { said } from '../protocol/sentence.ts';
import path from 'node:path';
import type { Surroundings } from '../agents/agent.ts';
import { dialectFor } from '../agents/claude/hookDialect.ts';
import { addHooks, dialectOf, installedHooks, isPlain, removeHooks } from '../agents/claude/hookSettings.ts';
import type { AgentInstall } from './agentInstall.ts';
import { claudeVersion, seenVersion } from './claudeVersion.ts';
import { launcherCommand } from './launcher.ts';

/** The hooks in Claude Code's settings. */
export const claudeInstall: AgentInstall = {
  agent: 'claude',
  title: 'Claude Code',
  scopes: ['user', 'project', 'local'],
  programs: ['claude'],
  home: userFolder,
  shortFile: (scope) => (scope === 'user' ? '~/.claude/settings.json' : `.claude/${fileName(scope)}`),
  file: (scope, projectDir, surroundings) =>
    scope === 'user'
      ? path.join(userFolder(surroundings), fileName(scope))
      : path.join(projectDir, '.claude', fileName(scope)),
  target: (file, { launcher, version = null }) => {
    const command = launcherCommand(launcher, 'claude');
    return {
      agent: 'claude',
      file,
      add: (text) => addHooks(text, command, dialectFor(version) === 'plain' ? 'plain' : 'current'),
      remove: (text) => removeHooks(text),
      has: (text) => dialectOf(text, command) !== null,
    };
  },
  installed: installedHooks,
  version: claudeVersion,
  seenVersion,
  refusal: (version) =>
    dialectFor(version) === 'too-old'
      ? said(
          'Claude Code {0} is too old for hooks that can be relied on: update it (“claude update”), then install again. Nothing was changed.',
          version ?? '',
        )
      : null,
  misfit: (text, version) =>
    dialectFor(version) === 'current' || isPlain(text)
      ? null
      : `Claude Code ${version ?? ''} passes over the whole file, because it does not know every hook event in it.`,
};

function fileName(scope: string): string {
  return scope === 'local' ? 'settings.local.json' : 'settings.json';
}

function userFolder({ home, env }: Surroundings): string {
  const [folder] = (env['CLAUDE_CONFIG_DIR'] ?? '').split(',').filter((entry) => entry !== '');
  return folder ?? path.join(home, '.claude');
}
