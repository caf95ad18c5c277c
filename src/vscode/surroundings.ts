import os from 'node:os';
import type { Surroundings } from '../agents/agent.ts';
import type { Settings } from './settings.ts';

/** Where the agents of this machine keep their files, as far as the editor can know. */
export function editorSurroundings(settings: Pick<Settings, 'claudeConfigDirectory'>): Surroundings {
  const env = settings.claudeConfigDirectory
    ? { ...process.env, CLAUDE_CONFIG_DIR: settings.claudeConfigDirectory }
    : process.env;
  return { home: os.homedir(), env, platform: process.platform };
}
