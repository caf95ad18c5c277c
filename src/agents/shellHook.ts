import type { HookDefinition } from './hookEntries.ts';
import { isLauncher, shellWords, type HookCommand } from './launcherCommand.ts';

const wordsOf = ({ command, args }: HookCommand): readonly string[] => [command, ...args];

/**
 * A hook's command line for /bin/sh or bash. Where the launcher is gone it does nothing and succeeds: Gemini CLI takes a hook that could
 * not be run for one that forbids the prompt.
 */
export function shellLine(command: HookCommand): string {
  const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const words = wordsOf(command).map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote(word)));
  return `[ -x ${words[0] ?? ''} ] || exit 0; exec ${words.join(' ')}`;
}

/** The same for cmd, on Windows, where Node runs the launcher. No path there holds a double quote. */
export function cmdLine(command: HookCommand): string {
  const words = wordsOf(command).map((word) => `"${word}"`);
  return `if exist ${words[1] ?? ''} ${words.join(' ')}`;
}

/** The same for PowerShell, where a quoted word alone is a value, not a command. */
export function powerShellLine(command: HookCommand): string {
  const words = wordsOf(command).map((word) => `'${word.replaceAll("'", "''")}'`);
  return `if (Test-Path ${words[1] ?? ''}) { & ${words.join(' ')} }`;
}

/** The launchers of ours that such a command line starts. */
export function launchersOfCommandLine({ command = '' }: HookDefinition): readonly string[] {
  return shellWords(command).filter(isLauncher);
}
