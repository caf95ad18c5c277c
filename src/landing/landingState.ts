import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { readingSchema } from '../protocol/usage.ts';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import { useSchema } from './use.ts';
import { namesIn } from '../store/namesIn.ts';

/** How much an agent was told: `begun`, when it is asked for something inside the reserve; `advise` at the reserve; `escalate` at half of it. */
export const landingLevels = ['begun', 'advise', 'escalate'] as const;
export type LandingLevel = (typeof landingLevels)[number];

const toldSchema = v.object({
  account: v.string(),
  window: v.string(),
  resetsAt: v.nullable(v.number()),
  level: v.picklist(landingLevels),
  /** the subagent that was told; null: the main conversation */
  thread: v.nullable(v.string()),
});
export type Told = v.InferOutput<typeof toldSchema>;

const stateSchema = v.object({
  v: v.literal(1),
  agent: v.string(),
  sessionId: v.string(),
  account: v.nullable(v.string()),
  /** by path: how far a transcript was read, and what its parser has to remember */
  files: v.record(v.string(), v.object({ offset: v.number(), parser: v.unknown() })),
  /** every response of the session is among the uses: nothing was passed over */
  isWhole: v.boolean(),
  uses: v.array(useSchema),
  /** the newest that the session's own transcripts say of each window */
  readings: v.array(readingSchema),
  /** the first that they said of each window: between the two lies what use has done to it */
  firstReadings: v.optional(v.array(readingSchema), []),
  /** when the agent itself told its model to wrap up */
  ownWrapUpAt: v.nullable(v.number()),
  told: v.array(toldSchema),
  /** files that its tools were about to edit: no new work */
  touched: v.array(v.string()),
});
export type LandingState = v.InferOutput<typeof stateSchema>;

export function emptyLandingState(agent: string, sessionId: string): LandingState {
  return {
    v: 1,
    agent,
    sessionId,
    account: null,
    files: {},
    isWhole: true,
    uses: [],
    readings: [],
    firstReadings: [],
    ownWrapUpAt: null,
    told: [],
    touched: [],
  };
}

export function landingFolder(stateFolder: string): string {
  return path.join(stateFolder, 'landing');
}

export function landingStateFile(stateFolder: string, agent: string, sessionId: string): string {
  // A session id comes from outside: hashed, it can be no path.
  const name = createHash('sha256').update(`${agent}\0${sessionId}`).digest('hex').slice(0, 32);
  return path.join(landingFolder(stateFolder), `${name}.json`);
}

export async function readLandingState(file: string): Promise<LandingState | null> {
  return readJsonFile(file, stateSchema);
}

export async function writeLandingState(file: string, state: LandingState): Promise<void> {
  await makePrivateFolder(path.dirname(file));
  await writeFileAtomic(file, JSON.stringify(state), 0o600, { isExpendable: true });
}

const mostOthers = 8;

/** States of other sessions that were written after `since`, the newest first: they use the same windows. */
export async function otherLandingStates(own: string, since: number): Promise<readonly LandingState[]> {
  const folder = path.dirname(own);
  const names = namesIn(folder).filter((name) => name.endsWith('.json') && name !== path.basename(own));
  const files = names
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, at: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .filter(({ at }) => at > since)
    .sort((a, b) => b.at - a.at)
    .slice(0, mostOthers);
  const states = await Promise.all(files.map(({ file }) => readLandingState(file)));
  return states.filter((state) => state !== null);
}
