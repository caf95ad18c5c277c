import * as v from 'valibot';
import { unpackedPartSchema, type SessionUsage, type TokenCounts, type UsageSnapshot, type UseSlice } from './usage.ts';

/**
 * A UsageSnapshot as the worker posts it: whole like every other, its sessions and its timeline as columns, whose memory is handed over
 * instead of copied. Thousands of them as objects would cost every turn more than reading it did, in the editor's own thread above all.
 */
export const packedUsageSchema = v.object({
  ...unpackedPartSchema.entries,
  owners: v.array(v.object({ agent: v.string(), account: v.string(), model: v.nullable(v.string()) })),
  /** of each session */
  sessionIds: v.array(v.string()),
  folders: v.array(v.nullable(v.string())),
  sessions: v.instance(Float64Array),
  slices: v.instance(Float64Array),
});
export type PackedUsage = v.InferOutput<typeof packedUsageSchema>;

/** numbers per slice: owner, from, responses, five token classes, cost (NaN: unknown), tokens of unknown cost */
const sliceWidth = 10;
/** numbers per session: owner, first and last time, responses, five token classes, cost, context's tokens and limit (NaN: unknown) */
const sessionWidth = 12;

export function packedUsage(snapshot: UsageSnapshot): PackedUsage {
  const owners = new Owners();
  const { sessions, timeline, readings, progress, scanned } = snapshot;
  return {
    readings: [...readings],
    progress,
    scanned,
    owners: owners.list,
    sessionIds: sessions.map(({ sessionId }) => sessionId),
    folders: sessions.map(({ cwd }) => cwd),
    sessions: packedSessions(sessions, owners),
    slices: packedSlices(timeline, owners),
  };
}

/** The snapshot again. Its lists are made when somebody asks for them: most pictures of the gauge need little of it. */
export function unpackedUsage({ readings, progress, scanned, ...packed }: PackedUsage): UsageSnapshot {
  let timeline: readonly UseSlice[] | null = null;
  let sessions: readonly SessionUsage[] | null = null;
  return {
    readings,
    progress,
    scanned,
    get sessions() {
      return (sessions ??= sessionsOf(packed));
    },
    get timeline() {
      return (timeline ??= slicesOf(packed));
    },
  };
}

type Packed = Pick<PackedUsage, 'owners' | 'sessionIds' | 'folders' | 'sessions' | 'slices'>;
type Owner = PackedUsage['owners'][number];

/** Whose use it is, and of which model, each once. */
class Owners {
  readonly list: Owner[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf({ agent, account, model }: Owner): number {
    const key = `${agent.length} ${account.length} ${agent}${account}${model === null ? '' : `=${model}`}`;
    let owner = this.#numbers.get(key);
    if (owner === undefined) this.#numbers.set(key, (owner = this.list.push({ agent, account, model }) - 1));
    return owner;
  }
}

function packedSlices(timeline: readonly UseSlice[], owners: Owners): Float64Array<ArrayBuffer> {
  const slices = new Float64Array(timeline.length * sliceWidth);
  let at = 0;
  for (const slice of timeline) {
    slices[at] = owners.numberOf(slice);
    slices[at + 1] = slice.from;
    slices[at + 2] = slice.responses;
    putTokens(slices, at + 3, slice.tokens);
    slices[at + 8] = slice.costUsd ?? NaN;
    slices[at + 9] = slice.costUnknownTokens;
    at += sliceWidth;
  }
  return slices;
}

function packedSessions(all: readonly SessionUsage[], owners: Owners): Float64Array<ArrayBuffer> {
  const sessions = new Float64Array(all.length * sessionWidth);
  let at = 0;
  for (const session of all) {
    sessions[at] = owners.numberOf(session);
    sessions[at + 1] = session.firstAt;
    sessions[at + 2] = session.lastAt;
    sessions[at + 3] = session.responses;
    putTokens(sessions, at + 4, session.tokens);
    sessions[at + 9] = session.costUsd ?? NaN;
    sessions[at + 10] = session.contextTokens ?? NaN;
    sessions[at + 11] = session.contextLimit ?? NaN;
    at += sessionWidth;
  }
  return sessions;
}

function slicesOf({ owners, slices }: Packed): readonly UseSlice[] {
  const timeline: UseSlice[] = [];
  for (let at = 0; at + sliceWidth <= slices.length; at += sliceWidth) {
    const owner = owners[slices[at] ?? -1];
    if (owner === undefined) continue;
    timeline.push({
      agent: owner.agent,
      account: owner.account,
      model: owner.model,
      from: slices[at + 1] ?? 0,
      responses: slices[at + 2] ?? 0,
      tokens: tokensAt(slices, at + 3),
      costUsd: numberAt(slices, at + 8),
      costUnknownTokens: slices[at + 9] ?? 0,
    });
  }
  return timeline;
}

function sessionsOf({ owners, sessionIds, folders, sessions: numbers }: Packed): readonly SessionUsage[] {
  return sessionIds.flatMap((sessionId, index): readonly SessionUsage[] => {
    const at = index * sessionWidth;
    const owner = owners[numbers[at] ?? -1];
    if (owner === undefined) return [];
    return [
      {
        agent: owner.agent,
        account: owner.account,
        sessionId,
        cwd: folders[index] ?? null,
        model: owner.model,
        firstAt: numbers[at + 1] ?? 0,
        lastAt: numbers[at + 2] ?? 0,
        responses: numbers[at + 3] ?? 0,
        tokens: tokensAt(numbers, at + 4),
        costUsd: numberAt(numbers, at + 9),
        contextTokens: numberAt(numbers, at + 10),
        contextLimit: numberAt(numbers, at + 11),
      },
    ];
  });
}

function putTokens(numbers: Float64Array, at: number, tokens: TokenCounts): void {
  numbers[at] = tokens.input;
  numbers[at + 1] = tokens.output;
  numbers[at + 2] = tokens.cacheWrite5m;
  numbers[at + 3] = tokens.cacheWrite1h;
  numbers[at + 4] = tokens.cacheRead;
}

function tokensAt(numbers: Float64Array, at: number): TokenCounts {
  return {
    input: numbers[at] ?? 0,
    output: numbers[at + 1] ?? 0,
    cacheWrite5m: numbers[at + 2] ?? 0,
    cacheWrite1h: numbers[at + 3] ?? 0,
    cacheRead: numbers[at + 4] ?? 0,
  };
}

function numberAt(numbers: Float64Array, at: number): number | null {
  const number = numbers[at] ?? NaN;
  return Number.isNaN(number) ? null : number;
}
