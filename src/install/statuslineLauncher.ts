import path from 'node:path';
import { makePrivateFolder, readFileOrNull, writeFileAtomic } from '../store/atomicFile.ts';
import { mostSpooled, spoolFolder } from '../store/readingSpool.ts';
import { shellQuote } from './launcher.ts';

/** What Claude Code's statusline setting starts. The path never changes between versions. */
export function statuslineLauncherFile(stateFolder: string): string {
  return path.join(stateFolder, 'bin', statuslineLauncherName);
}

/** Settings that start a file of this name are ours, of whichever state folder. */
export const statuslineLauncherName = 'soft-landing-statusline';

/**
 * A shell script, so that no Node starts for a line that is drawn several times a minute: it keeps a copy of its input in the spool
 * and becomes the user's own command. `$1` is the shell to run that with, `$2` the command, both as the agent would have run them.
 *
 * It *becomes* the command (`exec`), so that the command is killed when the agent kills it, and reads its input from a named pipe that
 * a process of nobody's (forked twice, the pipe its only output) fills with `tee`. Both ends of the pipe are opened before anything is
 * forked: nothing can wait for an end that will never come. Descriptor 6, because a shell gives what it puts into the background an empty
 * input. Where anything is missing, the command just runs.
 *
 * The copy's name is the session that it is of (readingSpool.ts, `spoolName`); of new sessions the oldest file makes room.
 */
export function statuslineLauncherText(stateFolder: string): string {
  return [
    '#!/bin/sh',
    "# Written by Soft Landing. Claude Code's statusline setting calls this path; it keeps a copy of the input, then runs your own command.",
    `spool=${shellQuote(spoolFolder(stateFolder))}`,
    'command -v "$1" >/dev/null || { shift; set -- /bin/sh "$@"; }',
    'keep="$spool/.$$"',
    'stow() {',
    '  id=$(head -c 200 "$keep")',
    '  case "$id" in *\'"session_id":"\'*) id=${id#*\'"session_id":"\'} id=${id%%\'"\'*} ;; esac',
    '  case "$id" in "" | *[!0-9A-Za-z-]*) id=$PPID ;; esac',
    '  if [ ! -e "$spool/$id.json" ]; then',
    `    ls -t "$spool" | tail -n +${mostSpooled} | while read -r old; do rm -f "$spool/$old"; done`,
    '  fi',
    '  mv -f "$keep" "$spool/$id.json"',
    '}',
    'if [ -z "$2" ]; then',
    '  umask 077',
    '  if [ -w "$spool" ] && cat >"$keep"; then stow; else cat >/dev/null; fi >/dev/null 2>&1',
    '  exit 0',
    'fi',
    'if [ -w "$spool" ] && command -v tee >/dev/null && mkfifo -m 600 "$keep.in" 2>/dev/null; then',
    '  exec 3<>"$keep.in" 4<"$keep.in" 5>"$keep.in" 3>&- 6<&0',
    '  ( (',
    "    trap '' PIPE XFSZ",
    '    umask 077',
    '    rm -f "$keep.in"',
    '    tee "$keep" >&5 && [ -s "$keep" ] && stow 2>&1 || rm -f "$keep"',
    '  ) <&6 >/dev/null 2>&1 4<&- 6<&- & )',
    '  exec "$1" -c "$2" <&4 4<&- 5>&- 6<&-',
    'fi',
    'exec "$1" -c "$2"',
    '',
  ].join('\n');
}

/** Writes the launcher if it differs, and makes the spool. */
export async function writeStatuslineLauncher(stateFolder: string): Promise<void> {
  await makePrivateFolder(spoolFolder(stateFolder));
  const file = statuslineLauncherFile(stateFolder);
  const text = statuslineLauncherText(stateFolder);
  if ((await readFileOrNull(file))?.toString('utf8') === text) return;
  await makePrivateFolder(path.dirname(file));
  await writeFileAtomic(file, text, 0o700);
}

/** Brings an existing launcher up to date; makes none, since no setting may refer to it. */
export async function refreshStatuslineLauncher(stateFolder: string): Promise<void> {
  if (await readFileOrNull(statuslineLauncherFile(stateFolder))) await writeStatuslineLauncher(stateFolder);
}
