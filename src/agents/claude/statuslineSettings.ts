import { applyEdits, modify } from 'jsonc-parser';
import * as v from 'valibot';
import { formattingOf, type ProblemFound, type SettingsEdit } from '../hookEntries.ts';

/** The statusline that settings name: Claude Code has one slot for it. */
const statuslineSchema = v.looseObject({ type: v.literal('command'), command: v.string() });
const settingsSchema = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), 'a list, not an object'),
  v.looseObject({ statusLine: v.optional(statuslineSchema) }),
);

/** A command of ours: what it starts, and the user's own command that it runs after that; '' for none. */
export interface TeedStatusline {
  readonly launcher: string;
  readonly command: string;
}

const word = String.raw`'((?:[^']|'\\'')*)'`;
const teed = new RegExp(String.raw`^set -- ${word} "\$0" ${word}; if \[ -x "\$1" \]; then exec "\$@"; fi; eval "\$3"$`);

/**
 * A shell line that starts the launcher with the user's command, or that command alone where there is no launcher any more. `$0` is the
 * shell that the agent runs the line with, so the one that the command was written for.
 */
export function teedCommand({ launcher, command }: TeedStatusline): string {
  return `set -- ${quoted(launcher)} "$0" ${quoted(command)}; if [ -x "$1" ]; then exec "$@"; fi; eval "$3"`;
}

/** What a command of ours is made of; null for any other. */
export function teedStatusline(command: string): TeedStatusline | null {
  const found = teed.exec(command);
  return found === null ? null : { launcher: unquoted(found[1] ?? ''), command: unquoted(found[2] ?? '') };
}

/** The command of the statusline that a settings text names, ours or not; null if it names none. */
export function statuslineCommand(text: string): { readonly command: string | null } | ProblemFound {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: 'not-json', detail: error instanceof Error ? error.message : String(error) };
  }
  const parsed = v.safeParse(settingsSchema, json);
  if (parsed.success) return { command: parsed.output.statusLine?.command ?? null };
  const [issue] = parsed.issues;
  return { problem: 'unexpected-shape', detail: `${v.getDotPath(issue) ?? 'settings'}: ${issue.message}` };
}

/** The settings text with the launcher before the user's own statusline; every other byte stays. `null` is a file that does not exist. */
export function addTee(text: string | null, launcher: string): SettingsEdit {
  const isEmpty = text === null || text.trim() === '';
  const present = isEmpty ? { command: null } : statuslineCommand(text);
  if ('problem' in present) return present;
  const before = present.command === null ? null : teedStatusline(present.command);
  // A launcher of another state folder is replaced: two of them would keep the same twice.
  const command = teedCommand({ launcher, command: before?.command ?? present.command ?? '' });
  if (isEmpty) return { text: `${JSON.stringify({ statusLine: { type: 'command', command } }, null, 2)}\n` };
  if (present.command === command) return { text };
  return present.command === null
    ? { text: edited(text, ['statusLine'], { type: 'command', command }) }
    : { text: edited(text, ['statusLine', 'command'], command) };
}

/** The settings text with the user's own statusline alone, or without any where there was none. */
export function removeTee(text: string): SettingsEdit {
  const present = statuslineCommand(text);
  if ('problem' in present) return present;
  const tee = present.command === null ? null : teedStatusline(present.command);
  if (tee === null) return { text };
  return tee.command === ''
    ? { text: edited(text, ['statusLine'], undefined) }
    : { text: edited(text, ['statusLine', 'command'], tee.command) };
}

function edited(text: string, path: string[], value: unknown): string {
  return applyEdits(text, modify(text, path, value, { formattingOptions: formattingOf(text) }));
}

/** A word for /bin/sh that stands for exactly these characters. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function unquoted(inner: string): string {
  return inner.replaceAll(String.raw`'\''`, "'");
}
