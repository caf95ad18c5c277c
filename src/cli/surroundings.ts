import path from 'node:path';
import type { Surroundings } from '../agents/agent.ts';
import { isInside } from '../store/isInside.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that move an agent's files, git's or our own out of the home. */
const locations = [
  'CLAUDE_CONFIG_DIR',
  'CODEX_HOME',
  'GEMINI_CLI_HOME',
  'OPENCODE_DATA_DIR',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'XDG_DATA_HOME',
  'APPDATA',
  'LOCALAPPDATA',
  'GIT_CONFIG_GLOBAL',
];

/**
 * Where agents' files are looked for. `--home DIR` means that nothing outside of DIR is read: of the variables above only
 * those count then that point into it. `SOFT_LANDING_HOME` names our own folder and always counts.
 */
export function surroundingsFor(
  givenHome: string | undefined,
  own: { readonly home: string; readonly env: Environment; readonly platform: NodeJS.Platform },
): Surroundings {
  if (givenHome === undefined) return own;
  const home = path.resolve(givenHome);
  const env = Object.fromEntries(
    Object.entries(own.env).map(([name, value]) => {
      if (value === undefined || !locations.includes(name)) return [name, value];
      const inside = value.split(',').filter((place) => isInside(path.resolve(place), home));
      return [name, inside.length > 0 ? inside.join(',') : undefined];
    }),
  );
  return { home, env, platform: own.platform };
}
