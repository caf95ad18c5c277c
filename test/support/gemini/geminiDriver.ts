import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDriver } from '../agentWorkplace.ts';
import { installGemini } from '../installAgents.ts';
import { geminiApi } from './geminiApi.ts';

/** Settings as a person may have them: with a comment, and their own order. */
export const geminiSettings = `{
  // Mine.
  "security": { "auth": { "selectedType": "gemini-api-key" } },
  "privacy": { "usageStatisticsEnabled": false },
  "general": { "enableAutoUpdate": false },
  "telemetry": { "enabled": false }
}
`;

/** Gemini CLI, by `gemini -p`. */
export const geminiDriver: AgentDriver = {
  agent: 'gemini',
  protocol: geminiApi,
  install: installGemini,
  configure({ home }) {
    mkdirSync(join(home, '.gemini'), { recursive: true });
    writeFileSync(join(home, '.gemini', 'settings.json'), geminiSettings);
  },
  command: ({ program, api }, prompt) => ({
    program: process.execPath,
    args: [
      program,
      ...['-p', prompt, '--approval-mode', 'yolo', '-m', 'gemini-2.5-flash', '--output-format', 'json', '--skip-trust'],
    ],
    env: {
      GEMINI_API_KEY: 'dummy',
      GOOGLE_GEMINI_BASE_URL: api.url,
      NO_BROWSER: '1',
      GEMINI_CLI_NO_RELAUNCH: 'true',
    },
  }),
};
