import path from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findNode, type LauncherTarget } from '../install/launcher.ts';
import { stateFolder } from '../store/stateFolder.ts';
import type { Settings } from './settings.ts';
import { editorSurroundings } from './surroundings.ts';

const run = promisify(execFile);

/** What the launcher shall start: this version's hook, on the user's Node where it is new enough, else on the editor's own. */
export async function launcherTarget(
  extensionPath: string,
  settings: Pick<Settings, 'claudeConfigDirectory'>,
): Promise<LauncherTarget> {
  const node = await findNode(process.env);
  const own = [process.execPath];
  return {
    hook: path.join(extensionPath, 'dist', 'hook.cjs'),
    runtimes: node !== null && (await isNewEnough(node)) ? [node, ...own] : own,
    stateFolder: stateFolder(editorSurroundings(settings)),
  };
}

async function isNewEnough(node: string): Promise<boolean> {
  try {
    const { stdout } = await run(node, ['--version'], { timeout: 3000 });
    return Number(/^v(\d+)/.exec(stdout)?.[1] ?? 0) >= 18;
  } catch {
    // A node that does not run is as good as none.
    return false;
  }
}
