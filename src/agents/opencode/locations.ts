import { posix, win32 } from 'node:path';
import type { Surroundings, TranscriptRoot } from '../agent.ts';

/**
 * Where opencode keeps its data: the XDG data folder on every platform. OPENCODE_DATA_DIR is a convention of usage tools (ccusage,
 * adapter/opencode/paths.rs), as a comma list.
 */
export function dataRoots({ home, env, platform }: Surroundings): readonly TranscriptRoot[] {
  const path = platform === 'win32' ? win32 : posix;
  const configured = (env['OPENCODE_DATA_DIR'] ?? '').split(',').map((part) => part.trim());
  const named = configured.filter((part) => part !== '');
  const dataHome = env['XDG_DATA_HOME']?.trim() ?? '';
  const usual = path.join(dataHome === '' ? path.join(home, '.local', 'share') : dataHome, 'opencode');
  // The login lies beside the database.
  return [...new Set(named.length > 0 ? named : [usual])].map((folder) => ({ path: folder, account: folder }));
}

/** The folder that is there once opencode has run. */
export function opencodeHome(surroundings: Surroundings): string {
  return dataRoots(surroundings)[0]?.path ?? '';
}

/** Where opencode keeps the user's own configuration and plugins: the XDG configuration folder on every platform. */
export function opencodeConfigFolder({ home, env, platform }: Surroundings): string {
  const path = platform === 'win32' ? win32 : posix;
  const configHome = env['XDG_CONFIG_HOME']?.trim() ?? '';
  return path.join(configHome === '' ? path.join(home, '.config') : configHome, 'opencode');
}
