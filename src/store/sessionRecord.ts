import { createHash } from 'node:crypto';
import path from 'node:path';
import * as v from 'valibot';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from './atomicFile.ts';

/** What the hook remembers of a session between its calls: a tool event does not tell the prompt that led to it. */
export const sessionRecordSchema = v.object({
  v: v.literal(1),
  agent: v.string(),
  sessionId: v.string(),
  cwd: v.string(),
  transcriptPath: v.nullable(v.string()),
  /** the current prompt's first line and its number within the session, from 1 */
  promptLabel: v.nullable(v.string()),
  promptNumber: v.number(),
  /** the prompt for which it last called a tool that may change files or start work */
  workedFor: v.optional(v.nullable(v.number()), null),
  lastEventAt: v.number(),
  /** set while the newest attempt to make a checkpoint failed: the user must see that they are not protected */
  missing: v.nullable(v.object({ at: v.number(), reason: v.string() })),
});
export type SessionRecord = v.InferOutput<typeof sessionRecordSchema>;

export function sessionsFolder(stateFolder: string): string {
  return path.join(stateFolder, 'sessions');
}

function sessionFile(stateFolder: string, agent: string, sessionId: string): string {
  // A session id comes from outside: hashed, it can be no path.
  const name = createHash('sha256').update(`${agent}\0${sessionId}`).digest('hex').slice(0, 32);
  return path.join(sessionsFolder(stateFolder), `${name}.json`);
}

export async function readSession(
  stateFolder: string,
  agent: string,
  sessionId: string,
): Promise<SessionRecord | null> {
  return readJsonFile(sessionFile(stateFolder, agent, sessionId), sessionRecordSchema);
}

export async function writeSession(stateFolder: string, record: SessionRecord): Promise<void> {
  const file = sessionFile(stateFolder, record.agent, record.sessionId);
  await makePrivateFolder(path.dirname(file));
  await writeFileAtomic(file, JSON.stringify(record), 0o600, { isExpendable: true });
}
