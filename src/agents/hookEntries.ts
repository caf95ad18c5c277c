import { applyEdits, getNodeValue, modify, parseTree, type FormattingOptions, type ParseError } from 'jsonc-parser';
import * as v from 'valibot';
import type { HookCommand } from './launcherCommand.ts';

/** How one agent's settings file lists hooks: `{"hooks": {EVENT: [ENTRY, …]}}`, as Claude Code, Codex and Gemini CLI all have it. */
export interface HookFileFormat {
  /** Gemini CLI reads its settings with comments in them; for the others such a file is broken. */
  readonly comments: boolean;
  /**
   * The agent remembers entries by their place in the list (Codex its trust in them): no entry of somebody else's may move. One of ours
   * that is followed by another leaves an empty one behind when it goes.
   */
  readonly placesMatter: boolean;
  /** What we write, event → entry. */
  entries(command: HookCommand): Readonly<Record<string, HookEntry>>;
  /** The launchers of ours that a hook of an entry starts. */
  launchersOf(hook: HookDefinition): readonly string[];
  /** Does the agent run no hooks at all, or not ours, with these settings? */
  isDisabled(settings: Readonly<Record<string, unknown>>): boolean;
}

export interface HookEntry {
  readonly matcher?: string;
  readonly hooks: readonly Readonly<Record<string, unknown>>[];
}

type SettingsProblem = 'not-json' | 'unexpected-shape';
export type SettingsEdit = { readonly text: string } | ProblemFound;
export interface ProblemFound {
  readonly problem: SettingsProblem;
  readonly detail: string;
}

/** What settings say of our hooks; `launchers` is empty where there are none. */
export interface InstalledHooks {
  /** the programs that entries of ours start, each once: of this state folder or of another */
  readonly launchers: readonly string[];
  /** events that we listen to without an entry of ours */
  readonly missingEvents: readonly string[];
  /** the agent runs no hooks at all with these settings, or not ours */
  readonly isDisabled: boolean;
}

const definitionSchema = v.looseObject({
  command: v.optional(v.string()),
  args: v.optional(v.array(v.string())),
});
export type HookDefinition = v.InferOutput<typeof definitionSchema>;
const entrySchema = v.looseObject({ hooks: v.array(definitionSchema) });
// A list is an object to valibot, but not to the agents.
const noList = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), 'a list, not an object'),
);
const settingsSchema = v.pipe(
  noList,
  v.looseObject({ hooks: v.optional(v.pipe(noList, v.record(v.string(), v.array(v.unknown())))) }),
);

interface ParsedSettings {
  readonly all: Readonly<Record<string, unknown>>;
  readonly hooks: Readonly<Record<string, readonly unknown[]>>;
}

/** Only what the agent itself could read: a broken file is not ours to repair. */
function parseSettings(format: HookFileFormat, text: string): ParsedSettings | ProblemFound {
  const json = format.comments ? parseWithComments(text) : parseStrictly(text);
  if ('detail' in json) return { problem: 'not-json', detail: json.detail };
  const parsed = v.safeParse(settingsSchema, json.value);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    return { problem: 'unexpected-shape', detail: `${v.getDotPath(issue) ?? 'settings'}: ${issue.message}` };
  }
  return { all: parsed.output, hooks: parsed.output.hooks ?? {} };
}

type Json = { readonly value: unknown } | { readonly detail: string };

function parseStrictly(text: string): Json {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { detail: error instanceof Error ? error.message : String(error) };
  }
}

function parseWithComments(text: string): Json {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: false, disallowComments: false });
  const [first] = errors;
  if (first || !tree) return { detail: `broken at character ${first?.offset ?? 0}` };
  return { value: getNodeValue(tree) };
}

function launchersIn(format: HookFileFormat, entry: unknown): readonly string[] {
  const parsed = v.safeParse(entrySchema, entry);
  return parsed.success ? parsed.output.hooks.flatMap((hook) => format.launchersOf(hook)) : [];
}

/** Indentation and line ends as the file has them. */
export function formattingOf(text: string): FormattingOptions {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  const tabs = indent.startsWith('\t');
  return { insertSpaces: !tabs, tabSize: tabs ? 1 : indent.length, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

function edit(text: string, jsonPath: (string | number)[], value: unknown, isArrayInsertion = false): string {
  return applyEdits(text, modify(text, jsonPath, value, { formattingOptions: formattingOf(text), isArrayInsertion }));
}

/** Looks for entries of ours, whoever wrote them. */
export function installedEntries(format: HookFileFormat, text: string): InstalledHooks | ProblemFound {
  const settings = parseSettings(format, text);
  if ('problem' in settings) return settings;
  const isOurs = (entry: unknown): boolean => launchersIn(format, entry).length > 0;
  const launchers = Object.values(settings.hooks).flatMap((list) => list.flatMap((each) => launchersIn(format, each)));
  const events = Object.keys(format.entries({ command: '', args: [] }));
  return {
    launchers: [...new Set(launchers)],
    missingEvents: events.filter((event) => !(settings.hooks[event] ?? []).some(isOurs)),
    isDisabled: format.isDisabled(settings.all),
  };
}

/** Are exactly the entries that `addEntries` would write there, for this command? */
export function hasEntries(format: HookFileFormat, text: string, command: HookCommand): boolean {
  const settings = parseSettings(format, text);
  if ('problem' in settings) return false;
  const wanted = format.entries(command);
  const events = new Set([...Object.keys(wanted), ...Object.keys(settings.hooks)]);
  return [...events].every((event) => {
    const ours = (settings.hooks[event] ?? []).filter((entry) => launchersIn(format, entry).length > 0);
    const entry = wanted[event];
    return entry === undefined
      ? ours.length === 0
      : ours.length === 1 && JSON.stringify(ours[0]) === JSON.stringify(entry);
  });
}

/** The settings text with our hooks in it; every other byte stays. `null` is a file that does not exist yet. */
export function addEntries(format: HookFileFormat, text: string | null, command: HookCommand): SettingsEdit {
  const wanted = format.entries(command);
  if (text === null || text.trim() === '') {
    const hooks = Object.fromEntries(Object.entries(wanted).map(([event, entry]) => [event, [entry]]));
    return { text: `${JSON.stringify({ hooks }, null, 2)}\n` };
  }
  if (hasEntries(format, text, command)) return { text };
  // What is ours and differs comes from an older version or another state folder: replaced where it stands, never doubled.
  let result = text;
  for (const event of eventsIn(format, result, wanted)) {
    const settings = parseSettings(format, result);
    if ('problem' in settings) return settings;
    const list = settings.hooks[event];
    const ours = placesOfOurs(format, list ?? []);
    const entry = wanted[event];
    const [first] = ours;
    if (entry !== undefined && first === undefined) {
      result = list
        ? edit(result, ['hooks', event, list.length], entry, true)
        : edit(result, ['hooks', event], [entry]);
    } else if (entry !== undefined && JSON.stringify(list?.[first ?? 0]) !== JSON.stringify(entry)) {
      result = edit(result, ['hooks', event, first ?? 0], entry);
    }
    if (entry === undefined && ours.length > 0 && ours.length === list?.length) {
      result = edit(result, ['hooks', event], undefined);
      continue;
    }
    const surplus = entry === undefined ? ours : ours.slice(1);
    for (const at of [...surplus].reverse()) result = removeAt(format, result, event, at);
  }
  return { text: result };
}

/** Events that our hooks stand at or shall stand at; none for a broken file, which the caller finds out. */
function eventsIn(
  format: HookFileFormat,
  text: string,
  wanted: Readonly<Record<string, HookEntry>>,
): readonly string[] {
  const settings = parseSettings(format, text);
  const present = 'problem' in settings ? [] : Object.keys(settings.hooks);
  return [...new Set([...Object.keys(wanted), ...present])];
}

function placesOfOurs(format: HookFileFormat, list: readonly unknown[]): readonly number[] {
  return list.flatMap((entry, at) => (launchersIn(format, entry).length > 0 ? [at] : []));
}

/** Takes one entry out; where places matter and others follow, an empty one keeps theirs. */
function removeAt(format: HookFileFormat, text: string, event: string, at: number): string {
  const settings = parseSettings(format, text);
  const list = 'problem' in settings ? [] : (settings.hooks[event] ?? []);
  const isLast = at === list.length - 1;
  return edit(text, ['hooks', event, at], format.placesMatter && !isLast ? { hooks: [] } : undefined);
}

/** The settings text without our hooks, and without the lists that only they kept alive. */
export function removeEntries(format: HookFileFormat, text: string): SettingsEdit {
  const settings = parseSettings(format, text);
  if ('problem' in settings) return settings;
  let result = text;
  let removed = false;
  for (const [event, entries] of Object.entries(settings.hooks)) {
    const places = placesOfOurs(format, entries);
    if (places.length === 0) continue;
    removed = true;
    if (places.length === entries.length) result = edit(result, ['hooks', event], undefined);
    else for (const at of [...places].reverse()) result = removeAt(format, result, event, at);
  }
  const rest = parseSettings(format, result);
  if (removed && !('problem' in rest) && Object.keys(rest.hooks).length === 0)
    result = edit(result, ['hooks'], undefined);
  return { text: result };
}
