import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads for tests and `npm start` are kept: outside the repository, so that a fresh clone finds them again. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['SOFT_LANDING_CACHE'];
  if (chosen) return chosen;
  const parent =
    process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : (environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'));
  return join(parent, 'soft-landing-dev');
}
