import * as v from 'valibot';
import { nothingTold, type Told } from '../agent.ts';
import { count, epochMilliseconds, text, told } from '../fields.ts';
import { promptFeatures, withPlanMode } from '../promptFeatures.ts';

// A message of opencode (1.18), the same in the database and in the files of older versions. `input` does not hold the cached tokens;
// reasoning stands apart from output and is billed as output.

const cacheSchema = v.object({ read: count, write: count });
const tokensSchema = v.object({
  input: count,
  output: count,
  reasoning: count,
  cache: v.optional(cacheSchema, { read: 0, write: 0 }),
});

const messageSchema = v.object({
  id: text,
  sessionID: text,
  role: text,
  modelID: text,
  providerID: text,
  path: v.fallback(v.nullish(v.object({ cwd: text })), null),
  time: v.fallback(v.nullish(v.object({ created: epochMilliseconds, completed: v.nullish(epochMilliseconds) })), null),
  cost: v.fallback(v.nullish(v.pipe(v.number(), v.finite(), v.minValue(0))), null),
  tokens: v.optional(v.unknown()),
  agent: text,
});

/** Where a message stands. */
export interface Place {
  readonly messageId: string | null;
  readonly sessionId: string | null;
  readonly cwd: string | null;
  readonly isSidechain: boolean;
  /** of a user's message: its text, where the database holds it */
  readonly prompt: string | null;
}

/**
 * What a message tells. A fork copies its parent's messages under new ids, so the time it was created and the model are its id; a message
 * that grows is known by its own id, and the copy of a finished one by its content.
 */
export function messageTold(json: unknown, place: Place): Told {
  const message = v.safeParse(messageSchema, json);
  if (message.success && message.output.role === 'user') return promptTold(message.output, place);
  if (!message.success || message.output.role !== 'assistant') return nothingTold;
  const { tokens: counts, time, modelID, providerID, path, cost } = message.output;
  if (counts === undefined || counts === null) return nothingTold;
  const tokens = v.safeParse(tokensSchema, counts);
  const messageId = place.messageId ?? message.output.id;
  const sessionId = place.sessionId ?? message.output.sessionID;
  if (!tokens.success || !time || messageId === null || sessionId === null) return 'bad';
  const { input, output, reasoning, cache } = tokens.output;
  // A message that is being written has none yet.
  if (input + output + reasoning + cache.read + cache.write === 0) return nothingTold;
  const content = [time.completed ?? '', input, output, reasoning, cache.read, cache.write].join('/');
  return [
    told({
      agent: 'opencode',
      sessionId,
      id: `${time.created}|${providerID ?? ''}/${modelID ?? ''}`,
      marks: typeof time.completed === 'number' ? [messageId, content] : [messageId],
      at: time.created,
      model: modelID,
      cwd: path?.cwd ?? place.cwd,
      isSidechain: place.isSidechain,
      isCopy: isCopy(messageId, time.created),
      isFast: false,
      tokens: {
        input,
        output: output + reasoning,
        cacheWrite5m: cache.write,
        cacheWrite1h: 0,
        cacheRead: cache.read,
      },
      // 0 is what opencode writes for models whose price it does not know, and for subscriptions.
      costUsd: cost === 0 || cost === undefined ? null : cost,
    }),
  ];
}

function promptTold(
  { time, agent, sessionID }: v.InferOutput<typeof messageSchema>,
  { sessionId, cwd, isSidechain, prompt }: Place,
): Told {
  const session = sessionId ?? sessionID;
  if (prompt === null || !time || session === null || isSidechain) return nothingTold;
  const features = withPlanMode(promptFeatures(prompt), agent === 'plan');
  return [{ kind: 'prompt', prompt: { agent: 'opencode', sessionId: session, at: time.created, cwd, features } }];
}

/** Ids begin with the time they were made at, times 4096, the last 48 bits of it; those of copies are later than the message. */
function isCopy(messageId: string, created: number): boolean {
  const digits = /^msg_([\da-f]{12})/.exec(messageId)?.[1];
  if (digits === undefined) return false;
  const madeAt = BigInt(`0x${digits}`) >> 12n;
  const difference = BigInt.asIntN(36, madeAt - BigInt(Math.trunc(created)));
  return difference > 1000n;
}
