import { posix, win32 } from 'node:path';
import type { Surroundings, TranscriptRoot } from '../agent.ts';

/** Where Codex keeps its rollouts: those in use, and those the user archived (moved, so a rollout is in one of the two). */
export function rolloutRoots({ home, env, platform }: Surroundings): readonly TranscriptRoot[] {
  const path = platform === 'win32' ? win32 : posix;
  const configured = env['CODEX_HOME']?.trim() ?? '';
  const account = path.dirname(path.join(configured === '' ? path.join(home, '.codex') : configured, 'sessions'));
  return ['sessions', 'archived_sessions'].map((name) => ({ path: path.join(account, name), account }));
}
