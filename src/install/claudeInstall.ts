import path from 'node:path';
import type { Surroundings } from '../agents/agent.ts';
import { addHooks, hasHooks, installedHooks, removeHooks } from '../agents/claude/hookSettings.ts';
import type { AgentInstall } from './agentInstall.ts';
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
  target: (file, { launcher }) => {
    const command = launcherCommand(launcher, 'claude');
    return {
      agent: 'claude',
      file,
      add: (text) => addHooks(text, command),
      remove: (text) => removeHooks(text),
      has: (text) => hasHooks(text, command),
    };
  },
  installed: installedHooks,
};

function fileName(scope: string): string {
  return scope === 'local' ? 'settings.local.json' : 'settings.json';
}

function userFolder({ home, env }: Surroundings): string {
  const [folder] = (env['CLAUDE_CONFIG_DIR'] ?? '').split(',').filter((entry) => entry !== '');
  return folder ?? path.join(home, '.claude');
}
