import type { Surroundings } from '../agent.ts';
import type { HookFileFormat } from '../hookEntries.ts';
import { cmdLine, launchersOfCommandLine, shellLine } from '../shellHook.ts';
import { rolloutRoots } from './locations.ts';

/** Events we listen to, and which tools at them; null: all. */
const events: Readonly<Record<string, string | null>> = {
  SessionStart: null,
  UserPromptSubmit: null,
  PreToolUse: '^(apply_patch|Bash|spawn_agent|mcp__.*)$',
  PostToolUse: null,
  PreCompact: null,
  Stop: null,
  SessionEnd: null,
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
    entries: (command) =>
      Object.fromEntries(
        Object.entries(events).map(([event, matcher]) => {
          const timeout = event === 'SessionEnd' ? endTimeoutSeconds : timeoutSeconds;
          const line = platform === 'win32' ? cmdLine(command) : shellLine(command);
          const hook = { type: 'command', command: line, timeout };
          return [event, { ...(matcher === null ? {} : { matcher }), hooks: [hook] }];
        }),
      ),
    launchersOf: launchersOfCommandLine,
    isDisabled: () => false,
  };
}
