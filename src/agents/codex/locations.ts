import { posix, win32 } from 'node:path';
import type { Surroundings } from '../agent.ts';

/** Where Codex keeps its rollouts: those in use, and those the user archived (moved, so a rollout is in one of the two). */
export function rolloutRoots({ home, env, platform }: Surroundings): readonly string[] {
  const path = platform === 'win32' ? win32 : posix;
  const configured = env['CODEX_HOME']?.trim() ?? '';
  const folder = configured === '' ? path.join(home, '.codex') : configured;
  return [path.join(folder, 'sessions'), path.join(folder, 'archived_sessions')];
}
