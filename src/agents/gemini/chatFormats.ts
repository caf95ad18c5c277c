import * as v from 'valibot';
import { nothingTold, type DocumentFormat, type LineFormat, type LineParser, type Told } from '../agent.ts';
import { parsedJson, text } from '../fields.ts';
import { messageTold, messagesTold, workspaceOf, type Chat } from './chatMessage.ts';

const headSchema = v.object({ sessionId: text, kind: text });
const updateSchema = v.object({ $set: v.object({ messages: v.array(v.unknown()) }) });
const documentSchema = v.object({ ...headSchema.entries, messages: v.array(v.unknown()) });
const chatSchema = v.object({ sessionId: v.string(), cwd: v.nullable(v.string()), isSidechain: v.boolean() });

/** Since 2026: the head, then one line per message, and `$set` lines that change what was said before. */
export const chatLines: LineFormat = {
  kind: 'lines',
  markers: ['"tokens"', '"sessionId"', '<session_context>', '"type":"user"'],
  open: (sessionKey, saved) => new ChatParser(sessionKey, saved),
};

/** Before that: the whole chat as one object, written anew with each message. */
export const chatDocument: DocumentFormat = {
  kind: 'document',
  parse(document, sessionKey) {
    const chat = v.safeParse(documentSchema, parsedJson(document));
    if (!chat.success) return 'bad';
    const { messages } = chat.output;
    return messagesTold(messages, { ...chatOf(chat.output, sessionKey), cwd: workspaceOf(messages) });
  },
};

class ChatParser implements LineParser {
  readonly #sessionKey: string;
  #chat: Chat;

  constructor(sessionKey: string, saved: unknown) {
    this.#sessionKey = sessionKey;
    const chat = v.safeParse(chatSchema, saved);
    this.#chat = chat.success ? chat.output : chatOf({ sessionId: null, kind: null }, sessionKey);
  }

  get state(): unknown {
    return this.#chat;
  }

  parse(line: string): Told {
    const json = parsedJson(line);
    if (json === undefined) return 'bad';
    const update = v.safeParse(updateSchema, json);
    if (update.success) {
      const { messages } = update.output.$set;
      this.#chat = { ...this.#chat, cwd: this.#chat.cwd ?? workspaceOf(messages) };
      return messagesTold(messages, this.#chat);
    }
    const head = v.safeParse(headSchema, json);
    if (head.success && head.output.sessionId !== null) {
      this.#chat = { ...chatOf(head.output, this.#sessionKey), cwd: this.#chat.cwd };
      return nothingTold;
    }
    this.#chat = { ...this.#chat, cwd: this.#chat.cwd ?? workspaceOf([json]) };
    return messageTold(json, this.#chat);
  }
}

/** A subagent's chat lies in a folder named after its session. */
function chatOf({ sessionId, kind }: v.InferOutput<typeof headSchema>, sessionKey: string): Chat {
  const inKey = sessionKey.slice(sessionKey.lastIndexOf('/') + 1);
  const isSidechain = kind === 'subagent';
  return { sessionId: isSidechain ? inKey : (sessionId ?? inKey), cwd: null, isSidechain };
}
