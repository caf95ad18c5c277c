import * as v from 'valibot';
import type { SessionSource } from './agent.ts';

/** What the stdin of Claude Code's hooks has, and after it that of Codex's and Gemini CLI's. */
export const hookInputFields = {
  hook_event_name: v.string(),
  session_id: v.string(),
  cwd: v.string(),
  transcript_path: v.optional(v.nullable(v.string())),
  agent_id: v.optional(v.nullable(v.string())),
  source: v.optional(v.unknown()),
  trigger: v.optional(v.unknown()),
  prompt: v.optional(v.unknown()),
  stop_hook_active: v.optional(v.unknown()),
  tool_name: v.optional(v.string()),
  tool_input: v.optional(v.unknown()),
};

/** Extra fields are normal. */
const hookInputSchema = v.looseObject(hookInputFields);
export type HookInput = v.InferOutput<typeof hookInputSchema>;

/** null for what is not a hook's stdin. */
export function parseHookInput(stdin: string): HookInput | null {
  return parseJsonAs(hookInputSchema, stdin);
}

/** null for text that is no JSON, or JSON of another shape. */
export function parseJsonAs<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
): v.InferOutput<Schema> | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = v.safeParse(schema, json);
  return parsed.success ? parsed.output : null;
}

export function sessionSource(source: unknown): SessionSource {
  switch (source) {
    case 'startup':
    case 'resume':
    case 'clear':
    case 'compact':
      return source;
    default:
      return null;
  }
}

/** A field of an unknown value, if it is a string with something in it. */
export function textField(value: unknown, name: string): string | null {
  const field = v.safeParse(v.looseObject({ [name]: v.pipe(v.string(), v.minLength(1)) }), value);
  return field.success ? (field.output[name] ?? null) : null;
}
