import * as v from 'valibot';
import { usageSnapshotSchema, type UsageSnapshot, type UseSlice } from './usage.ts';

/**
 * A UsageSnapshot as the worker posts it: whole like every other, its timeline as one column of numbers, whose memory is handed over
 * instead of copied. Thousands of slices as objects would cost every turn more than reading it did, in the editor's own thread above all.
 */
export const packedUsageSchema = v.object({
  ...v.omit(usageSnapshotSchema, ['timeline']).entries,
  owners: v.array(v.object({ agent: v.string(), account: v.string(), model: v.nullable(v.string()) })),
  slices: v.instance(Float64Array),
});
export type PackedUsage = v.InferOutput<typeof packedUsageSchema>;

/** numbers per slice: owner, from, responses, five token classes, cost (NaN: unknown), tokens of unknown cost */
const width = 10;

export function packedUsage({ timeline, ...rest }: UsageSnapshot): PackedUsage {
  const owners: PackedUsage['owners'] = [];
  const numbers = new Map<string, number>();
  const slices = new Float64Array(timeline.length * width);
  let at = 0;
  for (const { agent, account, model, from, responses, tokens, costUsd, costUnknownTokens } of timeline) {
    const key = `${agent.length} ${account.length} ${agent}${account}${model === null ? '' : `=${model}`}`;
    let owner = numbers.get(key);
    if (owner === undefined) numbers.set(key, (owner = owners.push({ agent, account, model }) - 1));
    slices[at] = owner;
    slices[at + 1] = from;
    slices[at + 2] = responses;
    slices[at + 3] = tokens.input;
    slices[at + 4] = tokens.output;
    slices[at + 5] = tokens.cacheWrite5m;
    slices[at + 6] = tokens.cacheWrite1h;
    slices[at + 7] = tokens.cacheRead;
    slices[at + 8] = costUsd ?? NaN;
    slices[at + 9] = costUnknownTokens;
    at += width;
  }
  const { sessions, readings, progress, scanned } = rest;
  return { sessions: [...sessions], readings: [...readings], progress, scanned, owners, slices };
}

/** The snapshot again. Its timeline is made when somebody asks for it: most pictures of the gauge need none of it. */
export function unpackedUsage({ owners, slices, ...rest }: PackedUsage): UsageSnapshot {
  let timeline: readonly UseSlice[] | null = null;
  return {
    ...rest,
    get timeline() {
      return (timeline ??= slicesOf(owners, slices));
    },
  };
}

function slicesOf(owners: PackedUsage['owners'], slices: Float64Array): readonly UseSlice[] {
  const timeline: UseSlice[] = [];
  for (let at = 0; at + width <= slices.length; at += width) {
    const owner = owners[slices[at] ?? -1];
    if (owner === undefined) continue;
    const cost = slices[at + 8] ?? NaN;
    timeline.push({
      agent: owner.agent,
      account: owner.account,
      model: owner.model,
      from: slices[at + 1] ?? 0,
      responses: slices[at + 2] ?? 0,
      tokens: {
        input: slices[at + 3] ?? 0,
        output: slices[at + 4] ?? 0,
        cacheWrite5m: slices[at + 5] ?? 0,
        cacheWrite1h: slices[at + 6] ?? 0,
        cacheRead: slices[at + 7] ?? 0,
      },
      costUsd: Number.isNaN(cost) ? null : cost,
      costUnknownTokens: slices[at + 9] ?? 0,
    });
  }
  return timeline;
}
