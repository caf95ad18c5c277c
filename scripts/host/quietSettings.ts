import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Settings that make a fresh profile quiet and the same every time. */
const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'chat.disableAIFeatures': true,
  // Otherwise a process of about 120 MB starts for it.
  'chat.agentHost.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.autofetch': false,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'editor.cursorBlinking': 'solid',
  'terminal.integrated.cursorBlinking': false,
  'terminal.integrated.gpuAcceleration': 'off',
  'remote.autoForwardPorts': false,
  // Checkpoints that nobody asked for come at times that no test knows.
  'softLanding.checkpoints.ambient': { enabled: false },
};

/** Writes the settings of a fresh profile: the quiet ones, and `own` over them. */
export function writeSettings(userDataFolder: string, own: Readonly<Record<string, unknown>>): void {
  const folder = join(userDataFolder, 'User');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...own }, null, 2));
}
