import type { HookDefinition } from './hookEntries.ts';
import { isLauncher, shellWords, type HookCommand } from './launcherCommand.ts';

const wordsOf = ({ command, args }: HookCommand): readonly string[] => [command, ...args];

/** A hook's command line for /bin/sh or bash. */
export function shellLine(command: HookCommand): string {
  const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return wordsOf(command)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote(word)))
    .join(' ');
}

/** The same for cmd, on Windows. No path there holds a double quote. */
export function cmdLine(command: HookCommand): string {
  return wordsOf(command)
    .map((word) => `"${word}"`)
    .join(' ');
}

/** The same for PowerShell, where a quoted word alone is a value, not a command. */
export function powerShellLine(command: HookCommand): string {
  return `& ${wordsOf(command)
    .map((word) => `'${word.replaceAll("'", "''")}'`)
    .join(' ')}`;
}

/** The launchers of ours that such a command line starts. */
export function launchersOfCommandLine({ command = '' }: HookDefinition): readonly string[] {
  return shellWords(command).filter(isLauncher);
}
