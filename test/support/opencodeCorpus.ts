import { Chance, corpusStart, Truth } from './corpusTools.ts';

/** A row of a table: its values by column. */
export type OpencodeRow = Readonly<Record<string, string | number | null>>;
export interface OpencodeCorpus {
  readonly sessions: readonly OpencodeRow[];
  readonly messages: readonly OpencodeRow[];
  /** what versions before the database left: a part of the messages */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly truth: Truth;
}

/**
 * Sessions as opencode keeps them: subagents with sessions of their own, forks that copied their parent's messages under new ids, messages
 * that are being written, the old files beside the database. Ids of sessions descend, those of messages ascend with time.
 */
export function opencodeCorpus(seed: number, count: number): OpencodeCorpus {
  const chance = new Chance(seed);
  const truth = new Truth();
  const sessions: OpencodeRow[] = [];
  const messages: { session: string; at: number; data: Record<string, unknown> & { role: string } }[] = [];
  const rows: OpencodeRow[] = [];
  const files = new Map<string, readonly string[]>();
  let serial = 0;
  const put = (session: string, at: number, data: Record<string, unknown>): string => {
    const id = messageId(at, (serial += 1));
    rows.push({ id, session_id: session, time_created: at, time_updated: at + 5, data: JSON.stringify(data) });
    return id;
  };
  for (let index = 0; index < count; index += 1) {
    const start = corpusStart + index * 2_900_000;
    const id = `ses_${(2 ** 44 - start).toString(16)}${index}`;
    const parent = index % 5 === 3 ? (sessions[index - 1] ?? null) : null;
    const parentId = parent === null ? null : String(parent['id']);
    sessions.push({ id, parent_id: parentId, directory: '/home/dev/app' });
    if (index % 6 === 5) {
      for (const copied of messages.filter(({ session }) => session === sessions[index - 2]?.['id'])) {
        put(id, Math.max(start, copied.at + 60_000), copied.data);
      }
    }
    let at = start;
    for (let turn = chance.between(1, 6); turn > 0; turn -= 1) {
      at += chance.between(2_000, 4_000_000);
      put(id, at, { role: 'user', time: { created: at }, summary: { diffs: [{ patch: chance.text() }] } });
      at += 20;
      const tokens = {
        input: chance.between(0, 9_000),
        output: chance.between(1, 900),
        reasoning: chance.between(0, 400),
        cache: { read: chance.between(0, 50_000), write: chance.between(0, 3_000) },
      };
      const model = chance.of('claude-sonnet-4-5', 'gpt-5.5', 'local');
      const time = { created: at, completed: at + 900 + turn };
      const data = { role: 'assistant', modelID: model, providerID: 'p', cost: 0, path: { cwd: '/home/dev/app' } };
      const messageData = { ...data, time, tokens };
      const own = put(id, at, messageData);
      messages.push({ session: id, at, data: messageData });
      if (index % 4 === 0 && parentId === null) {
        const old = { ...messageData, id: own, sessionID: id };
        files.set(`.local/share/opencode/storage/message/${id}/${own}.json`, [JSON.stringify(old)]);
      }
      truth.add({
        at,
        model,
        sessionId: parentId ?? id,
        tokens: {
          input: tokens.input,
          output: tokens.output + tokens.reasoning,
          cacheWrite5m: tokens.cache.write,
          cacheWrite1h: 0,
          cacheRead: tokens.cache.read,
        },
      });
    }
    const unfinished = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
    put(id, at + 9, { role: 'assistant', modelID: 'local', time: { created: at + 9 }, tokens: unfinished });
  }
  return { sessions, messages: rows, files, truth };
}

function messageId(at: number, serial: number): string {
  const time = BigInt.asUintN(48, BigInt(at) << 12n);
  return `msg_${time.toString(16).padStart(12, '0')}${serial.toString(36).padStart(14, '0')}`;
}
