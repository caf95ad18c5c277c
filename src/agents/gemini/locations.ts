import { posix, win32 } from 'node:path';
import type { Surroundings, TranscriptRoot } from '../agent.ts';

/** Where Gemini CLI keeps one folder per project. GEMINI_CLI_HOME stands for the user's home there. */
export function chatRoots({ home, env, platform }: Surroundings): readonly TranscriptRoot[] {
  const path = platform === 'win32' ? win32 : posix;
  const configured = env['GEMINI_CLI_HOME']?.trim() ?? '';
  const account = path.join(configured === '' ? home : configured, '.gemini');
  return [{ path: path.join(account, 'tmp'), account }];
}
