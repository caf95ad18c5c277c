import { posix, win32 } from 'node:path';
import type { Surroundings } from '../agent.ts';

/**
 * The folders that hold Claude Code's transcripts, existing or not. CLAUDE_CONFIG_DIR replaces the default places, as it does for
 * Claude Code itself; several folders in a comma list are a convention of usage tools (ccusage, adapter/claude/paths.rs). The desktop
 * app runs Claude Code with home folders of its own, which that variable does not move.
 */
export function transcriptRoots(surroundings: Surroundings): readonly string[] {
  return unique([...configRoots(surroundings), desktopRoot(surroundings)]);
}

function configRoots({ home, env, platform }: Surroundings): readonly string[] {
  const path = platform === 'win32' ? win32 : posix;
  const configured = env['CLAUDE_CONFIG_DIR']?.trim() ?? '';
  if (configured !== '') {
    const parts = configured.split(',').map((part) => part.trim());
    // Claude Code takes the whole value as one folder, so a folder with a comma in its name has to work too.
    return [configured, ...parts].filter((part) => part !== '').map((folder) => path.join(atHome(folder), 'projects'));
  }
  const configHome = env['XDG_CONFIG_HOME']?.trim() ?? '';
  return [
    path.join(home, '.claude', 'projects'),
    path.join(configHome === '' ? path.join(home, '.config') : configHome, 'claude', 'projects'),
  ];

  function atHome(folder: string): string {
    return /^~(?=$|[/\\])/.test(folder) ? path.join(home, folder.slice(1)) : folder;
  }
}

/** Where the desktop app keeps its data: Electron's `userData` of an app named Claude. */
function desktopRoot({ home, env, platform }: Surroundings): string {
  const sessions = 'local-agent-mode-sessions';
  if (platform === 'win32') {
    const roaming = env['APPDATA']?.trim() ?? '';
    return win32.join(roaming === '' ? win32.join(home, 'AppData', 'Roaming') : roaming, 'Claude', sessions);
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Claude', sessions);
  const configHome = env['XDG_CONFIG_HOME']?.trim() ?? '';
  return posix.join(configHome === '' ? posix.join(home, '.config') : configHome, 'Claude', sessions);
}

function unique(folders: readonly string[]): readonly string[] {
  return [...new Set(folders)];
}
