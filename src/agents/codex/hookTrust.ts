import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { HookFileFormat } from '../hookEntries.ts';

/**
 * What Codex makes of a hook: it runs only what a person has agreed to in its terminal (`/hooks`), and remembers a hash of each definition
 * in its `config.toml`. We read that and never write it. `changed`: agreed to once, when it looked otherwise; Codex skips it until a
 * person looks again. `off`: a person switched it off.
 */
export type CodexHookTrust = 'trusted' | 'untrusted' | 'changed' | 'off';

/** How Codex sees our hooks in one file: the worst of them counts, since checkpoint and advice come from different ones. */
export interface CodexTrust {
  readonly state: CodexHookTrust | 'none';
  /** our events that Codex does not run now */
  readonly skippedEvents: readonly string[];
}

const hookSchema = v.looseObject({
  type: v.literal('command'),
  command: v.string(),
  timeout: v.optional(v.number(), 600),
  async: v.optional(v.boolean(), false),
  statusMessage: v.optional(v.string()),
});
const fileSchema = v.looseObject({
  hooks: v.record(
    v.string(),
    v.array(
      v.looseObject({ matcher: v.optional(v.nullable(v.string())), hooks: v.optional(v.array(v.unknown()), []) }),
    ),
  ),
});

/** Codex looks at matchers at these events only, and leaves them out of the hash at all others. */
const withMatcher = new Set(['PreToolUse', 'PermissionRequest', 'PostToolUse', 'SessionStart']);

/**
 * @param files every path that Codex may know the hooks file by (as given, and with links resolved)
 * @param hooksText the hooks file's text
 * @param configText the text of Codex's `config.toml`
 */
export function codexHooksTrusted(
  format: HookFileFormat,
  files: readonly string[],
  hooksText: string,
  configText: string,
): CodexTrust {
  const states = hookStates(configText);
  const found: { event: string; trust: CodexHookTrust }[] = [];
  for (const [event, groups] of Object.entries(parseFile(hooksText))) {
    groups.forEach(({ matcher, hooks }, group) =>
      hooks.forEach((each, position) => {
        const hook = v.safeParse(hookSchema, each);
        if (!hook.success || format.launchersOf(hook.output).length === 0) return;
        const hash = definitionHash(event, matcher ?? null, hook.output);
        const known = files.map((file) => states.get(`${file}:${snakeCase(event)}:${group}:${position}`));
        found.push({
          event,
          trust: trustOf(
            known.find((state) => state !== undefined),
            hash,
          ),
        });
      }),
    );
  }
  if (found.length === 0) return { state: 'none', skippedEvents: [] };
  const order: readonly CodexHookTrust[] = ['untrusted', 'changed', 'off', 'trusted'];
  const state = order.find((each) => found.some(({ trust }) => trust === each)) ?? 'untrusted';
  return { state, skippedEvents: found.flatMap(({ event, trust }) => (trust === 'trusted' ? [] : [event])) };
}

function parseFile(text: string): v.InferOutput<typeof fileSchema>['hooks'] {
  try {
    const parsed = v.safeParse(fileSchema, JSON.parse(text));
    return parsed.success ? parsed.output.hooks : {};
  } catch {
    return {};
  }
}

function trustOf(state: HookState | undefined, hash: string): CodexHookTrust {
  if (state?.enabled === false) return 'off';
  if (state?.trustedHash === undefined) return 'untrusted';
  return state.trustedHash === hash ? 'trusted' : 'changed';
}

/** Codex's hash of a definition: its JSON with sorted keys and without what is not set. A test compares it with what Codex itself says. */
function definitionHash(event: string, matcher: string | null, hook: v.InferOutput<typeof hookSchema>): string {
  const handler = {
    async: hook.async,
    command: hook.command,
    ...(hook.statusMessage === undefined ? {} : { statusMessage: hook.statusMessage }),
    timeout: Math.max(1, hook.timeout),
    type: 'command',
  };
  const identity = {
    event_name: snakeCase(event),
    hooks: [handler],
    ...(matcher === null || !withMatcher.has(event) ? {} : { matcher }),
  };
  return `sha256:${createHash('sha256').update(JSON.stringify(identity)).digest('hex')}`;
}

function snakeCase(event: string): string {
  return event.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

interface HookState {
  readonly trustedHash?: string;
  readonly enabled?: boolean;
}

/**
 * The `[hooks.state."KEY"]` tables of Codex's configuration, and the short form in `[hooks.state]`. No reader of all of TOML: Codex itself
 * writes these lines, and what a person may have written in another way counts as not there, which is the careful answer.
 */
function hookStates(configText: string): ReadonlyMap<string, HookState> {
  const states = new Map<string, HookState>();
  let table: string | null = null;
  let isShortForm = false;
  for (const raw of configText.split(/\r?\n/)) {
    const line = raw.trim();
    if (line.startsWith('[')) {
      const key = /^\[\s*hooks\s*\.\s*state\s*\.\s*("(?:[^"\\]|\\.)*"|'[^']*')\s*\]/.exec(line)?.[1];
      table = key === undefined ? null : tomlString(key);
      isShortForm = /^\[\s*hooks\s*\.\s*state\s*\]/.test(line);
      if (table !== null) states.set(table, {});
    } else if (table !== null) {
      states.set(table, { ...states.get(table), ...fieldsOf(line) });
    } else if (isShortForm) {
      const [, key, fields] = /^("(?:[^"\\]|\\.)*"|'[^']*')\s*=\s*\{(.*)\}/.exec(line) ?? [];
      const name = key === undefined ? null : tomlString(key);
      if (name !== null) states.set(name, fieldsOf(fields ?? ''));
    }
  }
  return states;
}

function fieldsOf(line: string): HookState {
  const hash = /(?:^|[\s,])trusted_hash\s*=\s*["']([^"']*)["']/.exec(line)?.[1];
  const enabled = /(?:^|[\s,])enabled\s*=\s*(true|false)\b/.exec(line)?.[1];
  return {
    ...(hash === undefined ? {} : { trustedHash: hash }),
    ...(enabled === undefined ? {} : { enabled: enabled === 'true' }),
  };
}

function tomlString(quoted: string): string | null {
  if (quoted.startsWith("'")) return quoted.slice(1, -1);
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
