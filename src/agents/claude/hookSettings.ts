import path from 'node:path';
import { applyEdits, getNodeValue, modify, parseTree, type FormattingOptions } from 'jsonc-parser';
import * as v from 'valibot';

/** What Claude Code is to run: an absolute program and its arguments, without a shell (the `args` form). */
export interface HookCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Every file name a launcher of ours has had; entries that run one of them are ours. */
const launcherNames = new Set(['soft-landing-hook', 'soft-landing-hook.cjs']);

/** Events we listen to. MultiEdit is gone from 2.1 and costs nothing in the matcher; older versions edit with it. */
const events: Readonly<Record<string, string | null>> = {
  SessionStart: null,
  UserPromptSubmit: null,
  PreToolUse: 'Edit|Write|MultiEdit|NotebookEdit|Bash',
  Stop: null,
};

/** Above the hook's own deadline (10 s), so that the agent never has to kill it. */
const timeoutSeconds = 15;

export type SettingsProblem = 'not-json' | 'unexpected-shape';
export type SettingsEdit = { readonly text: string } | { readonly problem: SettingsProblem; readonly detail: string };

const entrySchema = v.looseObject({
  hooks: v.array(v.looseObject({ command: v.optional(v.string()), args: v.optional(v.array(v.string())) })),
});
// A list is an object to valibot, but not to Claude Code.
const noList = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), 'a list, not an object'),
);
const settingsSchema = v.pipe(
  noList,
  v.looseObject({
    hooks: v.optional(v.pipe(noList, v.record(v.string(), v.array(v.unknown())))),
    disableAllHooks: v.optional(v.unknown()),
  }),
);

function isOurs(entry: unknown): boolean {
  return launchersOf(entry).length > 0;
}

/** The launchers of ours that an entry starts. */
function launchersOf(entry: unknown): readonly string[] {
  const parsed = v.safeParse(entrySchema, entry);
  if (!parsed.success) return [];
  return parsed.output.hooks.flatMap(({ command = '', args = [] }) =>
    [command, ...args].filter((word) => launcherNames.has(path.posix.basename(word.replaceAll('\\', '/')))),
  );
}

function entryFor(matcher: string | null, { command, args }: HookCommand) {
  return {
    ...(matcher === null ? {} : { matcher }),
    hooks: [{ type: 'command', command, args: [...args], timeout: timeoutSeconds }],
  };
}

/** Indentation and line ends as the file has them. */
export function formattingOf(text: string): FormattingOptions {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  const tabs = indent.startsWith('\t');
  return { insertSpaces: !tabs, tabSize: tabs ? 1 : indent.length, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

type ParsedSettings =
  | {
      readonly hooks: Readonly<Record<string, readonly unknown[]>>;
      readonly hadHooks: boolean;
      readonly isDisabled: boolean;
    }
  | { readonly problem: SettingsProblem; readonly detail: string };

/** Strict JSON only: a file that Claude Code itself could not read is not ours to repair. */
function parseSettings(text: string): ParsedSettings {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: 'not-json', detail: error instanceof Error ? error.message : String(error) };
  }
  const parsed = v.safeParse(settingsSchema, json);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    return { problem: 'unexpected-shape', detail: `${v.getDotPath(issue) ?? 'settings'}: ${issue.message}` };
  }
  const { hooks, disableAllHooks } = parsed.output;
  return { hooks: hooks ?? {}, hadHooks: hooks !== undefined, isDisabled: disableAllHooks === true };
}

function edit(text: string, jsonPath: (string | number)[], value: unknown, isArrayInsertion = false): string {
  const options = { formattingOptions: formattingOf(text), isArrayInsertion };
  return applyEdits(text, modify(text, jsonPath, value, options));
}

/** What settings say of our hooks; `launchers` is empty where there are none. */
export interface InstalledHooks {
  /** the programs that entries of ours start, each once: of this state folder or of another */
  readonly launchers: readonly string[];
  /** events that we listen to without an entry of ours */
  readonly missingEvents: readonly string[];
  /** Claude Code runs no hooks at all with these settings */
  readonly isDisabled: boolean;
}

/** Looks for entries of ours, whoever wrote them. */
export function installedHooks(
  text: string,
): InstalledHooks | { readonly problem: SettingsProblem; readonly detail: string } {
  const settings = parseSettings(text);
  if ('problem' in settings) return settings;
  const launchers = Object.values(settings.hooks).flatMap((entries) => entries.filter(isOurs).flatMap(launchersOf));
  const missingEvents = Object.keys(events).filter((event) => !(settings.hooks[event] ?? []).some(isOurs));
  return { launchers: [...new Set(launchers)], missingEvents, isDisabled: settings.isDisabled };
}

/** Are exactly the entries that `addHooks` would write there, for this command? */
export function hasHooks(text: string, command: HookCommand): boolean {
  const settings = parseSettings(text);
  if ('problem' in settings) return false;
  return Object.entries(events).every(([event, matcher]) => {
    const ours = (settings.hooks[event] ?? []).filter(isOurs);
    return ours.length === 1 && JSON.stringify(ours[0]) === JSON.stringify(entryFor(matcher, command));
  });
}

/**
 * The settings text with our hooks in it; every other byte stays. `null` is a file that does not exist yet.
 * Entries are appended, so that nobody else's position changes.
 */
export function addHooks(text: string | null, command: HookCommand): SettingsEdit {
  if (text === null || text.trim() === '') {
    const hooks = Object.fromEntries(
      Object.entries(events).map(([event, matcher]) => [event, [entryFor(matcher, command)]]),
    );
    return { text: `${JSON.stringify({ hooks }, null, 2)}\n` };
  }
  if (hasHooks(text, command)) return { text };
  // Entries of ours that differ come from an older version or another state folder: replaced, never doubled.
  const cleared = removeHooks(text, { keepEmpty: true });
  if ('problem' in cleared) return cleared;
  let result = cleared.text;
  for (const [event, matcher] of Object.entries(events)) {
    const settings = parseSettings(result);
    if ('problem' in settings) return settings;
    const entry = entryFor(matcher, command);
    result = settings.hooks[event]
      ? edit(result, ['hooks', event, settings.hooks[event].length], entry, true)
      : edit(result, ['hooks', event], [entry]);
  }
  return { text: result };
}

/** The settings text without our hooks, and without the lists that only they kept alive. */
export function removeHooks(text: string, options: { readonly keepEmpty?: boolean } = {}): SettingsEdit {
  const settings = parseSettings(text);
  if ('problem' in settings) return settings;
  let result = text;
  let removed = false;
  for (const [event, entries] of Object.entries(settings.hooks)) {
    const positions = entries.map((entry, at) => (isOurs(entry) ? at : -1)).filter((at) => at >= 0);
    if (positions.length === 0) continue;
    removed = true;
    if (positions.length === entries.length && !options.keepEmpty) result = edit(result, ['hooks', event], undefined);
    else for (const at of positions.reverse()) result = edit(result, ['hooks', event, at], undefined);
  }
  const tree = parseTree(result);
  const left: unknown = tree && getNodeValue(tree);
  const rest = v.safeParse(settingsSchema, left);
  if (
    removed &&
    !options.keepEmpty &&
    rest.success &&
    rest.output.hooks &&
    Object.keys(rest.output.hooks).length === 0
  ) {
    result = edit(result, ['hooks'], undefined);
  }
  return { text: result };
}
