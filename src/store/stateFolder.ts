import path from 'node:path';

interface Place {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/**
 * The state folder: `$SOFT_LANDING_HOME`, else the platform's own place for state.
 * Losing all of it loses no checkpoint: those live in the repository's refs.
 */
export function stateFolder({ home, env, platform }: Place): string {
  const chosen = env['SOFT_LANDING_HOME'];
  if (chosen) return path.resolve(chosen);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'soft-landing');
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'soft-landing');
  }
  // The XDG specification: a relative value is invalid and must be ignored.
  const xdg = env['XDG_STATE_HOME'];
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state'), 'soft-landing');
}
