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

/**
 * Events we listen to. MultiEdit and Task are gone from 2.1 and cost nothing in the matcher; older versions edit and delegate with them.
 * PostToolBatch rather than PostToolUse: its text is in the very next request as well, for one process per message instead of one per tool.
 * StopFailure is detached because `claude -p` ends at once, and its hooks with it.
 */
const events: Readonly<Record<string, ListenedEvent>> = {
  SessionStart: {},
  UserPromptSubmit: {},
  PreToolUse: { matcher: 'Edit|Write|MultiEdit|NotebookEdit|Bash|Agent|Task' },
  PostToolBatch: { mode: 'landing' },
  PreCompact: {},
  Stop: {},
  StopFailure: { mode: 'detached' },
  SessionEnd: { mode: 'quick' },
};

/** Above the hook's own deadline (10 s), so that the agent never has to kill it. */
const timeoutSeconds = 15;

/** The hooks in Claude Code's settings, which start a program without a shell (the `args` form). */
const format: HookFileFormat = {
  comments: false,
  placesMatter: false,
  entries: (launcher) =>
    Object.fromEntries(
      Object.entries(events).map(([event, { matcher, mode }]) => {
        const { command, args } = withMode(launcher, mode);
        const hook = { type: 'command', command, args, timeout: timeoutSeconds };
        return [event, { ...(matcher === undefined ? {} : { matcher }), hooks: [hook] }];
      }),
    ),
  launchersOf: ({ command = '', args = [] }) => [command, ...args].filter(isLauncher),
  isDisabled: (settings) => settings['disableAllHooks'] === true,
};

/** Looks for entries of ours, whoever wrote them. */
export function installedHooks(text: string): InstalledHooks | ProblemFound {
  return installedEntries(format, text);
}

/** Are exactly the entries that `addHooks` would write there, for this command? */
export function hasHooks(text: string, command: HookCommand): boolean {
  return hasEntries(format, text, command);
}

/** The settings text with our hooks in it; every other byte stays. `null` is a file that does not exist yet. */
export function addHooks(text: string | null, command: HookCommand): SettingsEdit {
  return addEntries(format, text, command);
}

/** The settings text without our hooks, and without the lists that only they kept alive. */
export function removeHooks(text: string): SettingsEdit {
  return removeEntries(format, text);
}
