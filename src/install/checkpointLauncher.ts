import path from 'node:path';
import { makePrivateFolder, readFileOrNull, writeFileAtomic } from '../store/atomicFile.ts';
import { shellQuote, type LauncherTarget } from './launcher.ts';

/** What `git checkpoint` starts. Its path never changes between versions, so that the alias in git's configuration stays valid. */
export function checkpointLauncherFile(stateFolder: string): string {
  return path.join(stateFolder, 'bin', 'git-checkpoint');
}

/** For every platform a shell script: git runs aliases with a POSIX shell, on Windows with its own. */
const posix = (file: string): string => file.replaceAll('\\', '/');

/** Pure. Unlike the hook's launcher it is started by a person, who is told when the extension is gone. */
export function checkpointLauncherText({ hook, runtimes, stateFolder }: LauncherTarget): string {
  const quote = (file: string): string => shellQuote(process.platform === 'win32' ? posix(file) : file);
  return [
    '#!/bin/sh',
    '# Written by Soft Landing, kept current by the extension and the CLI. `git checkpoint` (alias.checkpoint) calls this path.',
    // The bundles lie side by side.
    `cli=${quote(path.join(path.dirname(hook), 'cli.cjs'))}`,
    'if [ -f "$cli" ]; then',
    `  SOFT_LANDING_HOME=${quote(stateFolder)}`,
    '  ELECTRON_RUN_AS_NODE=1',
    '  export SOFT_LANDING_HOME ELECTRON_RUN_AS_NODE',
    `  for node in ${runtimes.map(quote).join(' ')} "$(command -v node)"; do`,
    '    [ -x "$node" ] && exec "$node" "$cli" checkpoint create "$@"',
    '  done',
    'fi',
    "echo 'Soft Landing is gone, and nothing was saved. Remove this alias: git config --global --unset alias.checkpoint (without --global if it is this repository only)' >&2",
    'exit 1',
    '',
  ].join('\n');
}

/** Writes the launcher if it differs. */
export async function writeCheckpointLauncher(target: LauncherTarget): Promise<void> {
  const file = checkpointLauncherFile(target.stateFolder);
  const text = checkpointLauncherText(target);
  if ((await readFileOrNull(file))?.toString('utf8') === text) return;
  await makePrivateFolder(path.dirname(file));
  await writeFileAtomic(file, text, 0o700);
}

/** Brings an existing launcher up to date; makes none, since no alias may refer to it. */
export async function refreshCheckpointLauncher(target: LauncherTarget): Promise<void> {
  if (await readFileOrNull(checkpointLauncherFile(target.stateFolder))) await writeCheckpointLauncher(target);
}

/** The alias as git's configuration holds it: `!` and a word for the shell; git appends the arguments. */
export function checkpointAlias(stateFolder: string): string {
  const file = checkpointLauncherFile(stateFolder);
  return `!${shellQuote(process.platform === 'win32' ? posix(file) : file)}`;
}
