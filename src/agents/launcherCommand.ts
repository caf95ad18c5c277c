import path from 'node:path';

/** What an agent is to run for a hook: an absolute program and its arguments. */
export interface HookCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** An event of an agent's that we listen to. */
export interface ListenedEvent {
  /** which tools; all where it is left out */
  readonly matcher?: string;
  /** how the launcher shall run the hook at it (install/launcher.ts); as usual where it is left out */
  readonly mode?: LauncherMode;
}

/** `landing`: ends at once while no limit is near; `quick`: without a look at the repository, which is not needed then. */
type LauncherMode = 'landing' | 'quick' | 'detached';

export function withMode({ command, args }: HookCommand, mode: LauncherMode | undefined): HookCommand {
  return { command, args: mode === undefined ? args : [...args, mode] };
}

/** Every file name a launcher of ours has had; entries that run one of them are ours. */
const launcherNames = new Set(['soft-landing-hook', 'soft-landing-hook.cjs']);

export function isLauncher(word: string): boolean {
  return launcherNames.has(path.posix.basename(word.replaceAll('\\', '/')));
}

/** The words of a command line as a shell would take them, without expanding anything. */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  const pattern = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)/gs;
  let word: string | null = null;
  for (const [, single, double, escaped, plain, space] of line.matchAll(pattern)) {
    if (space !== undefined) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      // Windows paths stand in double quotes with their backslashes.
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '');
    }
  }
  if (word !== null) words.push(word);
  return words;
}
