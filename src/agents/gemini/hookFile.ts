import * as v from 'valibot';
import type { Surroundings } from '../agent.ts';
import type { HookFileFormat } from '../hookEntries.ts';
import { withMode, type ListenedEvent } from '../launcherCommand.ts';
import { launchersOfCommandLine, powerShellLine, shellLine } from '../shellHook.ts';
import { chatRoots } from './locations.ts';

/**
 * Events we listen to. PreCompress is not among them: it comes before every request to the model, whether anything is compressed or not.
 */
const events: Readonly<Record<string, ListenedEvent>> = {
  SessionStart: {},
  BeforeAgent: {},
  BeforeTool: { matcher: '^(replace|write_file|run_shell_command|invoke_agent|mcp_.*)$' },
  AfterTool: { mode: 'landing' },
  AfterAgent: {},
  SessionEnd: { mode: 'quick' },
};

/** Above the hook's own deadline (10 s), so that the agent never has to kill it. Gemini CLI counts milliseconds. */
const timeoutMilliseconds = 15_000;

/** The name under which Gemini CLI lists our hooks, and under which a person can switch them off. */
const hookName = 'soft-landing';

const hooksConfigSchema = v.looseObject({
  hooksConfig: v.looseObject({
    enabled: v.optional(v.unknown()),
    disabled: v.optional(v.array(v.unknown())),
  }),
});

export function geminiFolder(surroundings: Surroundings): string {
  return chatRoots(surroundings)[0]?.account ?? '';
}

/** The hooks in Gemini CLI's `settings.json`. */
export function geminiHookFile(platform: NodeJS.Platform): HookFileFormat {
  return {
    comments: true,
    placesMatter: false,
    entries: (launcher) =>
      Object.fromEntries(
        Object.entries(events).map(([event, { matcher, mode }]) => {
          const command = withMode(launcher, mode);
          const line = platform === 'win32' ? powerShellLine(command) : shellLine(command);
          const hook = { name: hookName, type: 'command', command: line, timeout: timeoutMilliseconds };
          return [event, { ...(matcher === undefined ? {} : { matcher }), hooks: [hook] }];
        }),
      ),
    launchersOf: launchersOfCommandLine,
    isDisabled: (settings) => {
      const parsed = v.safeParse(hooksConfigSchema, settings);
      if (!parsed.success) return false;
      const { enabled, disabled = [] } = parsed.output.hooksConfig;
      return enabled === false || disabled.includes(hookName);
    },
  };
}
