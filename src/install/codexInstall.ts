import path from 'node:path';
import { codexHome, codexHookFile } from '../agents/codex/hookFile.ts';
import { addEntries, hasEntries, installedEntries, removeEntries } from '../agents/hookEntries.ts';
import type { AgentInstall } from './agentInstall.ts';
import { codexAgreement, codexTrust } from './codexTrust.ts';
import { launcherCommand } from './launcher.ts';

/** The hooks in Codex's `hooks.json`, a file of its own. Codex runs them only after a person has agreed to them in its terminal. */
export const codexInstall: AgentInstall = {
  agent: 'codex',
  title: 'Codex',
  scopes: ['user', 'project'],
  programs: ['codex'],
  home: codexHome,
  shortFile: (scope) => (scope === 'user' ? '~/.codex/hooks.json' : '.codex/hooks.json'),
  file: (scope, projectDir, surroundings) =>
    path.join(scope === 'user' ? codexHome(surroundings) : path.join(projectDir, '.codex'), 'hooks.json'),
  target: (file, { launcher, surroundings }) => {
    const format = codexHookFile(surroundings.platform);
    const command = launcherCommand(launcher, 'codex');
    return {
      agent: 'codex',
      file,
      add: (text) => addEntries(format, text, command),
      remove: (text) => removeEntries(format, text),
      has: (text) => hasEntries(format, text, command),
    };
  },
  installed: (text) => installedEntries(codexHookFile(process.platform), text),
  trust: codexTrust,
  agreement: codexAgreement,
};
