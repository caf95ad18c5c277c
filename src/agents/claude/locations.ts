import { posix, win32 } from 'node:path';
import type { Surroundings } from '../agent.ts';

/**
 * The folders that hold Claude Code's transcripts, existing or not. CLAUDE_CONFIG_DIR replaces the default places, as it does for
 * Claude Code itself; several folders in a comma list are a convention of usage tools (ccusage, adapter/claude/paths.rs).
 */
export function transcriptRoots({ home, env, platform }: Surroundings): readonly string[] {
  const path = platform === 'win32' ? win32 : posix;
  const configured = env['CLAUDE_CONFIG_DIR']?.trim() ?? '';
  if (configured !== '') {
    const parts = configured.split(',').map((part) => part.trim());
    // Claude Code takes the whole value as one folder, so a folder with a comma in its name has to work too.
    return unique(
      [configured, ...parts].filter((part) => part !== '').map((folder) => path.join(atHome(folder), 'projects')),
    );
  }
  const configHome = env['XDG_CONFIG_HOME']?.trim() ?? '';
  return unique([
    path.join(home, '.claude', 'projects'),
    path.join(configHome === '' ? path.join(home, '.config') : configHome, 'claude', 'projects'),
  ]);

  function atHome(folder: string): string {
    return /^~(?=$|[/\\])/.test(folder) ? path.join(home, folder.slice(1)) : folder;
  }
}

function unique(folders: readonly string[]): readonly string[] {
  return [...new Set(folders)];
}
