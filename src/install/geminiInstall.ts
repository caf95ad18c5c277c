import path from 'node:path';
import { geminiFolder, geminiHookFile } from '../agents/gemini/hookFile.ts';
import { addEntries, hasEntries, installedEntries, removeEntries } from '../agents/hookEntries.ts';
import type { AgentInstall } from './agentInstall.ts';
import { launcherCommand } from './launcher.ts';

/** The hooks in Gemini CLI's settings. */
export const geminiInstall: AgentInstall = {
  agent: 'gemini',
  title: 'Gemini CLI',
  scopes: ['user', 'project'],
  programs: ['gemini'],
  home: geminiFolder,
  shortFile: (scope) => (scope === 'user' ? '~/.gemini/settings.json' : '.gemini/settings.json'),
  file: (scope, projectDir, surroundings) =>
    path.join(scope === 'user' ? geminiFolder(surroundings) : path.join(projectDir, '.gemini'), 'settings.json'),
  target: (file, { launcher, surroundings }) => {
    const format = geminiHookFile(surroundings.platform);
    const command = launcherCommand(launcher, 'gemini');
    return {
      agent: 'gemini',
      file,
      add: (text) => addEntries(format, text, command),
      remove: (text) => removeEntries(format, text),
      has: (text) => hasEntries(format, text, command),
    };
  },
  installed: (text) => installedEntries(geminiHookFile(process.platform), text),
};
