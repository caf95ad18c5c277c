import type { Surroundings } from '../agent.ts';
import type { HookFileFormat } from '../hookEntries.ts';
import { withMode, type ListenedEvent } from '../launcherCommand.ts';
import { cmdLine, launchersOfCommandLine, shellLine } from '../shellHook.ts';
import { rolloutRoots } from './locations.ts';

/** Events we listen to. */
const events: Readonly<Record<string, ListenedEvent>> = {
  SessionStart: {},
  UserPromptSubmit: {},
  PreToolUse: { matcher: '^(apply_patch|Bash|spawn_agent|mcp__.*)$' },
  PostToolUse: { mode: 'landing' },
  PreCompact: {},
  Stop: {},
  SessionEnd: { mode: 'quick' },
};

/** Above the hook's own deadline (10 s), so that the agent never has to kill it. */
const timeoutSeconds = 15;
/** Codex allows no more at the end of a session, and says so in each session where more is asked for. */
const endTimeoutSeconds = 3;

export function codexHome(surroundings: Surroundings): string {
  return rolloutRoots(surroundings)[0]?.account ?? '';
}

/** `hooks.json`. Its entries are trusted by place and by content (hookTrust.ts), so neither may change without need. */
export function codexHookFile(platform: NodeJS.Platform): HookFileFormat {
  return {
    comments: false,
    placesMatter: true,
    entries: (launcher) =>
      Object.fromEntries(
        Object.entries(events).map(([event, { matcher, mode }]) => {
          const command = withMode(launcher, mode);
          const timeout = event === 'SessionEnd' ? endTimeoutSeconds : timeoutSeconds;
          const line = platform === 'win32' ? cmdLine(command) : shellLine(command);
          const hook = { type: 'command', command: line, timeout };
          return [event, { ...(matcher === undefined ? {} : { matcher }), hooks: [hook] }];
        }),
      ),
    launchersOf: launchersOfCommandLine,
    isDisabled: () => false,
  };
}
