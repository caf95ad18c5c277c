import * as v from 'valibot';
import { type Fact, nothingTold, type Told } from '../agent.ts';
import { count, instant, text, told } from '../fields.ts';
import { promptFeatures } from '../promptFeatures.ts';

const messageSchema = v.object({
  id: text,
  timestamp: text,
  type: text,
  model: text,
  tokens: v.optional(v.unknown()),
  content: v.optional(v.unknown()),
  toolCalls: v.optional(v.unknown()),
});

const promptSchema = v.array(v.object({ text: v.string() }));

const toolCallSchema = v.object({
  name: v.picklist(['replace', 'write_file']),
  args: v.object({ file_path: v.string() }),
});

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
export function messageTold(json: unknown, chat: Chat): Told {
  const { sessionId, cwd, isSidechain } = chat;
  const message = v.safeParse(messageSchema, json);
  if (message.success && message.output.type === 'user') return promptTold(message.output, chat);
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
    ...editsTold(message.output.toolCalls, at, sessionId),
  ];
}

/** What a person wrote; results of tools and the context that opens a chat are told as a user's messages too. */
function promptTold({ timestamp, content }: v.InferOutput<typeof messageSchema>, chat: Chat): Told {
  const at = instant(timestamp);
  const blocks = v.safeParse(promptSchema, typeof content === 'string' ? [{ text: content }] : content);
  if (at === null || chat.isSidechain || !blocks.success) return nothingTold;
  const words = blocks.output.map((block) => block.text).join('\n');
  if (words === '' || words.startsWith('<session_context>')) return nothingTold;
  const { sessionId, cwd } = chat;
  return [{ kind: 'prompt', prompt: { agent: 'gemini', sessionId, at, cwd, features: promptFeatures(words) } }];
}

function editsTold(toolCalls: unknown, at: number, sessionId: string): readonly Fact[] {
  if (!Array.isArray(toolCalls)) return nothingTold;
  const calls: readonly unknown[] = toolCalls;
  const files = calls.flatMap((call) => {
    const parsed = v.safeParse(toolCallSchema, call);
    return parsed.success ? [parsed.output.args.file_path] : [];
  });
  return files.length === 0 ? nothingTold : [{ kind: 'edits', edits: { agent: 'gemini', sessionId, at, files } }];
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
