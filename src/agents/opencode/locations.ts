import { posix, win32 } from 'node:path';
import type { Surroundings } from '../agent.ts';

/**
 * Where opencode keeps its data: the XDG data folder on every platform. OPENCODE_DATA_DIR is a convention of usage tools (ccusage,
 * adapter/opencode/paths.rs), as a comma list.
 */
export function dataRoots({ home, env, platform }: Surroundings): readonly string[] {
  const path = platform === 'win32' ? win32 : posix;
  const configured = (env['OPENCODE_DATA_DIR'] ?? '').split(',').map((part) => part.trim());
  const named = configured.filter((part) => part !== '');
  if (named.length > 0) return [...new Set(named)];
  const dataHome = env['XDG_DATA_HOME']?.trim() ?? '';
  return [path.join(dataHome === '' ? path.join(home, '.local', 'share') : dataHome, 'opencode')];
}
