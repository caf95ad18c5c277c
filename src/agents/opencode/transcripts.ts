import * as v from 'valibot';
import type { DatabaseFormat, DocumentFormat, TranscriptSource } from '../agent.ts';
import { parsedJson, pathParts, text } from '../fields.ts';
import { dataRoots } from './locations.ts';
import { messageTold } from './message.ts';

const rowSchema = v.object({
  id: v.string(),
  session_id: text,
  parent_id: text,
  directory: text,
  data: v.string(),
  prompt: text,
});

const database: DatabaseFormat = {
  kind: 'database',
  statement(columns) {
    const message = columns.get('message');
    if (message === undefined || !['id', 'session_id', 'time_updated', 'data'].every((name) => message.has(name)))
      return null;
    const session = columns.get('session') ?? new Set();
    const ofSession = (name: string) => (session.has('id') && session.has(name) ? `s.${name}` : 'NULL');
    const part = columns.get('part') ?? new Set();
    // What a person wrote stands in parts of its message; `synthetic` ones were written in their name.
    const prompt = ['message_id', 'data'].every((name) => part.has(name))
      ? `(SELECT substr(group_concat(json_extract(p.data, '$.text'), char(10)), 1, 20000) FROM part p
          WHERE p.message_id = m.id AND m.role_user AND CASE WHEN json_valid(p.data)
          THEN json_extract(p.data, '$.type') = 'text' AND json_extract(p.data, '$.synthetic') IS NULL END)`
      : 'NULL';
    return `
      SELECT m.id AS id, m.rowid AS row, m.time_updated AS changed, m.session_id AS session_id, m.data AS data,
        ${ofSession('parent_id')} AS parent_id, ${ofSession('directory')} AS directory, ${prompt} AS prompt
      FROM (SELECT *, rowid, instr(data, '"role":"user"') > 0 AS role_user FROM message) m ${session.has('id') ? 'LEFT JOIN session s ON s.id = m.session_id' : ''}
      WHERE m.rowid > ? AND (m.rowid > ? OR m.time_updated > ?) AND (m.role_user OR instr(m.data, '"tokens"') > 0)
      ORDER BY m.rowid
      LIMIT ?`;
  },
  parse(row) {
    const parsed = v.safeParse(rowSchema, row);
    if (!parsed.success) return 'bad';
    const { id, session_id: session, parent_id: parent, directory, data, prompt } = parsed.output;
    const json = parsedJson(data);
    if (json === undefined) return 'bad';
    // A subagent's session has a parent; its use belongs to that one.
    return messageTold(json, {
      messageId: id,
      sessionId: parent ?? session,
      cwd: directory,
      isSidechain: parent !== null,
      prompt,
    });
  },
};

/** What versions before the database wrote, a file per message; the database was filled from them and holds them too. */
const messageFile: DocumentFormat = {
  kind: 'document',
  parse(json) {
    const message = parsedJson(json);
    if (message === undefined) return 'bad';
    return messageTold(message, { messageId: null, sessionId: null, cwd: null, isSidechain: false, prompt: null });
  },
};

/** opencode's databases, `opencode.db` and `opencode-<channel>.db`, and its old `storage/message/<session>/<message>.json`. */
export const opencodeTranscripts: TranscriptSource = {
  agent: 'opencode',
  roots: dataRoots,
  enters: (folder) => /^storage(?:\/message(?:\/[^/]+)?)?$/.test(folder),
  match(path) {
    const parts = pathParts(path);
    // What is new stands in the log beside the database until it is moved over.
    const databasePath = path.replace(/-wal$/, '');
    if (/^opencode(?:-[\w-]+)?\.db$/.test(pathParts(databasePath).at(-1) ?? ''))
      return { path: databasePath, format: database };
    const isMessage = parts.at(-3) === 'message' && parts.at(-4) === 'storage' && path.endsWith('.json');
    return isMessage ? { path, format: messageFile } : null;
  },
  sessionKey(relativePath) {
    const parts = pathParts(relativePath);
    return parts.length > 1 ? (parts.at(-2) ?? '') : relativePath;
  },
};
