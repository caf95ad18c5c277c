import { type Dirent, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { claudeWork } from '../agents/claude/work.ts';
import { codexWork } from '../agents/codex/work.ts';
import { parsedJson } from '../agents/fields.ts';
import { geminiWork } from '../agents/gemini/work.ts';
import { messagesStatement, opencodeItems, partsStatement } from '../agents/opencode/work.ts';
import type { SessionPlace, WorkFormat, WorkItem } from '../agents/workItem.ts';
import { openDatabase } from '../usage/databaseFile.ts';
import { readBackwards, readBeginning } from './backwards.ts';
import { reportedRefusal } from './errorReports.ts';
import { turnsOf, withoutRepeats } from './turn.ts';

/** One session, and where its transcript is: a file, or the database that holds it. */
export interface SessionRef {
  readonly agent: string;
  readonly sessionId: string;
  readonly transcript: string;
}

/** The end of a session's work, as much of it as was asked for. */
export interface SessionWork {
  readonly items: readonly WorkItem[];
  readonly subagents: readonly (readonly WorkItem[])[];
  readonly place: SessionPlace;
}

/** `look`: enough to see how it stands · `report`: enough to tell the whole task, its to-do list included */
export type Reach = 'look' | 'report';

const mostBytes = 256_000_000;
/** Of a report: to-do lists and earlier prompts may lie before the last prompt. */
const reportBytes = 8_000_000;

const formats: Readonly<Record<string, WorkFormat>> = { claude: claudeWork, codex: codexWork, gemini: geminiWork };

/** Whether sessions of this agent can be read. */
export function isReadable(agent: string): boolean {
  return agent === 'opencode' || agent in formats;
}

/** Reads how a session ends. null for an agent that is not known. Throws what reading throws. */
export async function readWork(ref: SessionRef, reach: Reach): Promise<SessionWork | null> {
  if (ref.agent === 'opencode') return readDatabaseWork(ref);
  const format = formats[ref.agent];
  if (format === undefined) return null;
  if (ref.transcript.endsWith('.json')) return readDocument(ref.transcript, format);
  const { items, place } = await readLines(ref.transcript, format, reach);
  if (ref.agent === 'gemini') {
    const refusal = await reportedRefusal(ref.transcript, items);
    return { items: refusal === null ? items : [...items, refusal], subagents: [], place };
  }
  const since = turnsOf(items).at(-1)?.prompt?.at ?? 0;
  const files = ref.agent === 'claude' ? subagentFiles(ref.transcript, since) : [];
  const subagents = await Promise.all(files.map(async (file) => (await readLines(file, format, reach)).items));
  return { items, subagents, place };
}

const tailBytes = 256 * 1024;

/** Whether the last that a transcript tells is a failure, by its last lines alone: cheap enough for every change of a file. */
export async function endsInFailure(agent: string, file: string): Promise<boolean> {
  const format = formats[agent];
  if (format === undefined || !file.endsWith('.jsonl')) return false;
  const { lines } = await readBackwards(file, () => false, tailBytes);
  const items = lines.flatMap((line) => format.items(parsedJson(line)));
  return turnsOf(items).at(-1)?.state === 'failed';
}

async function readLines(file: string, format: WorkFormat, reach: Reach) {
  const pieces: (readonly WorkItem[])[] = [];
  let place: SessionPlace = { sessionId: null, cwd: null };
  const take = (lines: readonly string[]): readonly WorkItem[] =>
    lines.flatMap((line) => {
      const json = parsedJson(line);
      place = merge(place, format.place(json));
      return format.items(json);
    });
  await readBackwards(
    file,
    (lines, bytes) => {
      pieces.unshift(take(lines));
      return reach === 'report' ? bytes < reportBytes || !hasPrompt(pieces) : !hasPrompt(pieces);
    },
    mostBytes,
  );
  if (format.placeAtBeginning)
    for (const line of await readBeginning(file)) place = merge(place, format.place(parsedJson(line)));
  return { items: withoutRepeats(pieces.flat()), place };
}

/** The turn's beginning. A slash command or a notification may be no more than an interlude. */
function hasPrompt(pieces: readonly (readonly WorkItem[])[]): boolean {
  return pieces.some((items) =>
    items.some((item) => item.kind === 'prompt' && (item.by === 'person' || item.by === 'agent')),
  );
}

/** What is told first counts: a later line of a copied session can name another one. */
function merge(known: SessionPlace, told: SessionPlace): SessionPlace {
  return {
    sessionId: known.sessionId ?? told.sessionId,
    cwd: known.cwd ?? told.cwd,
    isSubagent: known.isSubagent === true || told.isSubagent === true,
  };
}

const documentSchema = v.object({ messages: v.array(v.unknown()) });

/** Gemini CLI before 2026: one document per chat. */
async function readDocument(file: string, format: WorkFormat): Promise<SessionWork> {
  const json = parsedJson(await readFile(file, 'utf8'));
  const document = v.safeParse(documentSchema, json);
  const messages = document.success ? document.output.messages : [];
  const { cwd } = format.place({ $set: { messages } });
  const items = withoutRepeats(messages.flatMap((message) => format.items(message)));
  return { items, subagents: [], place: merge(format.place(json), { sessionId: null, cwd }) };
}

/** Claude Code keeps a session's subagents in a folder of its name; only those of the last turn matter. */
function subagentFiles(transcript: string, since: number): readonly string[] {
  const folder = path.join(transcript.replace(/\.jsonl$/, ''), 'subagents');
  return entriesOf(folder).flatMap((entry) => {
    if (!entry.isFile() || !entry.name.endsWith('.jsonl')) return [];
    const file = path.join(folder, entry.name);
    const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return changed >= since ? [file] : [];
  });
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

const rowSchema = v.object({ id: v.string(), at: v.number(), data: v.string() });
const directorySchema = v.object({ directory: v.nullish(v.string()), parent: v.nullish(v.string()) });

function readDatabaseWork({ transcript, sessionId }: SessionRef): SessionWork {
  const database = openDatabase(transcript);
  try {
    const rows = (sql: string, id: string) =>
      database
        .prepare(sql)
        .all(id)
        .flatMap((row) => {
          const parsed = v.safeParse(rowSchema, row);
          return parsed.success ? [parsed.output] : [];
        });
    const messages = rows(messagesStatement, sessionId).reverse();
    const items = messages.flatMap((message) => opencodeItems(message, rows(partsStatement, message.id)));
    const [session] = database
      .prepare('SELECT directory AS directory, parent_id AS parent FROM session WHERE id = ?')
      .all(sessionId);
    const told = v.safeParse(directorySchema, session);
    const cwd = told.success ? (told.output.directory ?? null) : null;
    const isSubagent = told.success && typeof told.output.parent === 'string';
    return { items: withoutRepeats(items), subagents: [], place: { sessionId, cwd, isSubagent } };
  } finally {
    database.close();
  }
}
