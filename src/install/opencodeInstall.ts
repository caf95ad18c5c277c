import path from 'node:path';
import { isLauncher } from '../agents/launcherCommand.ts';
import { opencodeConfigFolder, opencodeHome } from '../agents/opencode/locations.ts';
import { opencodePluginCommand, opencodePluginText } from '../agents/opencode/pluginText.ts';
import type { AgentInstall } from './agentInstall.ts';
import { launcherCommand } from './launcher.ts';

const fileName = path.join('plugin', 'soft-landing.js');

const notOurs = { problem: 'not-ours', detail: 'its first line is another' } as const;

/** opencode has no hooks but plugins: a file of ours, alone in what it holds. */
export const opencodeInstall: AgentInstall = {
  agent: 'opencode',
  title: 'opencode',
  scopes: ['user', 'project'],
  programs: ['opencode'],
  home: opencodeHome,
  shortFile: (scope) =>
    scope === 'user' ? '~/.config/opencode/plugin/soft-landing.js' : '.opencode/plugin/soft-landing.js',
  file: (scope, projectDir, surroundings) =>
    path.join(scope === 'user' ? opencodeConfigFolder(surroundings) : path.join(projectDir, '.opencode'), fileName),
  target: (file, { launcher }) => {
    const ours = opencodePluginText(launcherCommand(launcher, 'opencode'));
    return {
      agent: 'opencode',
      file,
      add: (text) => (text === null || text.trim() === '' || opencodePluginCommand(text) ? { text: ours } : notOurs),
      remove: (text) => (opencodePluginCommand(text) ? { text: null } : { text }),
      has: (text) => text === ours,
    };
  },
  installed: (text) => {
    const command = opencodePluginCommand(text);
    if (!command) return { launchers: [], missingEvents: [], isDisabled: false };
    return {
      launchers: [command.command, ...command.args].filter(isLauncher),
      missingEvents: [],
      isDisabled: false,
    };
  },
};
