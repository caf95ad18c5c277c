import * as v from 'valibot';
import { nothingTold, type Told } from '../agent.ts';
import { count, instant, text, told } from '../fields.ts';

const messageSchema = v.object({ id: text, timestamp: text, type: text, model: text, tokens: v.optional(v.unknown()) });

const tokensSchema = v.object({ input: count, output: count, cached: count, thoughts: count, tool: count });

const workspaceSchema = v.object({ content: v.array(v.object({ text: v.string() })) });

/** The conversation a message stands in, as far as the file has told. */
export interface Chat {
  readonly sessionId: string;
  readonly cwd: string | null;
  readonly isSidechain: boolean;
}

/**
 * What one message of a chat tells: those of the model have `tokens`, of which `input` holds the cached ones, while `thoughts` and `tool`
 * (prompts of tools) stand apart: `total` is input, output, thoughts and tool. A message is written again with each of its tool calls.
 */
export function messageTold(json: unknown, { sessionId, cwd, isSidechain }: Chat): Told {
  const message = v.safeParse(messageSchema, json);
  if (!message.success || message.output.type !== 'gemini' || message.output.tokens === undefined) return nothingTold;
  const { id, timestamp, model, tokens: counts } = message.output;
  if (counts === null) return nothingTold;
  const tokens = v.safeParse(tokensSchema, counts);
  const at = instant(timestamp);
  if (!tokens.success || at === null) return 'bad';
  const { input, output, cached, thoughts, tool } = tokens.output;
  if (input + output + thoughts + tool === 0) return nothingTold;
  const cacheRead = Math.min(cached, input);
  return [
    told({
      agent: 'gemini',
      sessionId,
      id: id ?? `${sessionId}|${at}`,
      marks: [''],
      at,
      model,
      cwd,
      isSidechain,
      isCopy: false,
      isFast: false,
      tokens: {
        input: input - cacheRead + tool,
        output: output + thoughts,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        cacheRead,
      },
      costUsd: null,
    }),
  ];
}

/** What several messages tell; bad if any of them is. */
export function messagesTold(list: readonly unknown[], chat: Chat): Told {
  const all = list.map((message) => messageTold(message, chat));
  return all.includes('bad') ? 'bad' : all.flatMap((each) => (each === 'bad' ? [] : each));
}

/** The folder the chat is about. No field names it; the context that opens each chat does. */
export function workspaceOf(messages: readonly unknown[]): string | null {
  for (const each of messages) {
    const message = v.safeParse(workspaceSchema, each);
    const words = message.success ? (message.output.content[0]?.text ?? '') : '';
    const folder = /^- \*\*Workspace Directories:\*\*\n\s+- (.+)$/m.exec(words)?.[1];
    if (folder !== undefined && words.startsWith('<session_context>')) return folder;
  }
  return null;
}
