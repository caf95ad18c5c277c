import {
  addEntries,
  hasEntries,
  installedEntries,
  removeEntries,
  type HookFileFormat,
  type InstalledHooks,
  type ProblemFound,
  type SettingsEdit,
} from '../hookEntries.ts';
import { isLauncher, withMode, type HookCommand, type ListenedEvent } from '../launcherCommand.ts';
import { launchersOfCommandLine, shellLine } from '../shellHook.ts';
import type { HookDialect } from './hookDialect.ts';

const editing: ListenedEvent = { matcher: 'Edit|Write|MultiEdit|NotebookEdit|Bash|Agent|Task' };

/**
 * Events we listen to. MultiEdit and Task are gone from 2.1 and cost nothing in the matcher; older versions edit and delegate with them.
 * PostToolBatch rather than PostToolUse: its text is in the very next request as well, for one process per message instead of one per tool.
 * StopFailure is detached because `claude -p` ends at once, and its hooks with it.
 */
const events: Readonly<Record<string, ListenedEvent>> = {
  SessionStart: {},
  UserPromptSubmit: {},
  PreToolUse: editing,
  PostToolBatch: { mode: 'landing' },
  PreCompact: {},
  Stop: {},
  StopFailure: { mode: 'detached' },
  SessionEnd: { mode: 'quick' },
};

/** Above the hook's own deadline (10 s), so that the agent never has to kill it. */
const timeoutSeconds = 15;

/** The same for versions that know fewer events: they pass over a whole settings file that names another one. */
const plainEvents: typeof events = {
  SessionStart: {},
  UserPromptSubmit: {},
  PreToolUse: editing,
  PostToolUse: { mode: 'landing' },
  PreCompact: {},
  Stop: {},
  SessionEnd: { mode: 'quick' },
};

/** The hooks in Claude Code's settings: a program and its arguments, or, for older versions, a line for a shell. */
const formats: Readonly<Record<HookDialect, HookFileFormat>> = {
  current: formatOf(events, ({ command, args }) => ({ command, args })),
  // Also on Windows, where Claude Code runs them in Git Bash.
  plain: formatOf(plainEvents, (command) => ({ command: shellLine(command) })),
};

function formatOf(
  listened: typeof events,
  definition: (command: HookCommand) => { readonly command: string; readonly args?: readonly string[] },
): HookFileFormat {
  return {
    comments: false,
    placesMatter: false,
    entries: (launcher) =>
      Object.fromEntries(
        Object.entries(listened).map(([event, { matcher, mode }]) => {
          const hook = { type: 'command', ...definition(withMode(launcher, mode)), timeout: timeoutSeconds };
          return [event, { ...(matcher === undefined ? {} : { matcher }), hooks: [hook] }];
        }),
      ),
    launchersOf: (hook) =>
      hook.args === undefined
        ? [...launchersOfCommandLine(hook), hook.command ?? ''].filter(isLauncher)
        : [hook.command ?? '', ...hook.args].filter(isLauncher),
    isDisabled: (settings) => settings['disableAllHooks'] === true,
  };
}

/** Looks for entries of ours, whoever wrote them, in whichever form. */
export function installedHooks(text: string): InstalledHooks | ProblemFound {
  return installedEntries(isPlain(text) ? formats.plain : formats.current, text);
}

/** Whether a version that wants `plain` can read the settings with our hooks in them. */
export function isPlain(text: string): boolean {
  const found = installedEntries(formats.plain, text);
  return !('problem' in found) && found.missingEvents.length === 0;
}

/** In which form exactly the entries that `addHooks` would write are there, for this command; null: in none. */
export function dialectOf(text: string, command: HookCommand): HookDialect | null {
  if (hasEntries(formats.current, text, command)) return 'current';
  return hasEntries(formats.plain, text, command) ? 'plain' : null;
}

/** The settings text with our hooks in it; every other byte stays. `null` is a file that does not exist yet. */
export function addHooks(text: string | null, command: HookCommand, dialect: HookDialect = 'current'): SettingsEdit {
  return addEntries(formats[dialect], text, command);
}

/** The settings text without our hooks, and without the lists that only they kept alive. */
export function removeHooks(text: string): SettingsEdit {
  return removeEntries(formats.current, text);
}
