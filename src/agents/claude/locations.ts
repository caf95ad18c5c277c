import { posix, win32 } from 'node:path';
import type { Surroundings, TranscriptRoot } from '../agent.ts';

/**
 * The folders that hold Claude Code's transcripts, existing or not. CLAUDE_CONFIG_DIR replaces the default places, as it does for
 * Claude Code itself; several folders in a comma list are a convention of usage tools (ccusage, adapter/claude/paths.rs). The desktop
 * app runs Claude Code with home folders of its own, which that variable does not move.
 */
export function transcriptRoots(surroundings: Surroundings): readonly TranscriptRoot[] {
  const roots = [...configRoots(surroundings), desktopRoot(surroundings)];
  return [...new Map(roots.map((root) => [root.path, root])).values()];
}

function configRoots({ home, env, platform }: Surroundings): readonly TranscriptRoot[] {
  const path = platform === 'win32' ? win32 : posix;
  const configured = env['CLAUDE_CONFIG_DIR']?.trim() ?? '';
  if (configured !== '') {
    const parts = configured.split(',').map((part) => part.trim());
    // Claude Code takes the whole value as one folder, so a folder with a comma in its name has to work too.
    const folders = [configured, ...parts].filter((part) => part !== '');
    return folders.map((folder) => rootOf(path.join(atHome(folder), 'projects')));
  }
  const configHome = env['XDG_CONFIG_HOME']?.trim() ?? '';
  const first = rootOf(path.join(home, '.claude', 'projects'));
  // One login serves both places: which of them Claude Code writes to depends on its version.
  const second = path.join(configHome === '' ? path.join(home, '.config') : configHome, 'claude', 'projects');
  return [first, { path: second, account: first.account }];

  function atHome(folder: string): string {
    return /^~(?=$|[/\\])/.test(folder) ? path.join(home, folder.slice(1)) : folder;
  }
  function rootOf(projects: string): TranscriptRoot {
    return { path: projects, account: path.dirname(projects) };
  }
}

/** Where the desktop app keeps its data: Electron's `userData` of an app named Claude. */
function desktopRoot(surroundings: Surroundings): TranscriptRoot {
  const path = surroundings.platform === 'win32' ? win32 : posix;
  const account = path.join(applicationData(surroundings), 'Claude');
  return { path: path.join(account, 'local-agent-mode-sessions'), account };
}

function applicationData({ home, env, platform }: Surroundings): string {
  if (platform === 'win32') {
    const roaming = env['APPDATA']?.trim() ?? '';
    return roaming === '' ? win32.join(home, 'AppData', 'Roaming') : roaming;
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support');
  const configHome = env['XDG_CONFIG_HOME']?.trim() ?? '';
  return configHome === '' ? posix.join(home, '.config') : configHome;
}
