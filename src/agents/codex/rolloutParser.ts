import * as v from 'valibot';
import { nothingTold, type Fact, type LineParser, type Told } from '../agent.ts';
import { flag, instant, parsedJson, text, told } from '../fields.ts';
import { promptFeatures, withPlanMode } from '../promptFeatures.ts';
import { beginCopies, copiedHistorySchema, goOn, withAncestor, type CopiedHistory } from './copiedHistory.ts';
import { readingsOf } from './rateLimits.ts';
import { rolloutLine, type SessionMeta, type TokenCount, type UsageRecord } from './rolloutLine.ts';
import { isNothing, nameOf, stepTo, tokensOf, totalsSchema, type TokenTotals } from './tokenTotals.ts';

const stateSchema = v.object({
  /** the thread this rollout is of, and the session it works for; the same but for subagents */
  thread: v.string(),
  session: v.string(),
  hasMeta: v.boolean(),
  beganAt: v.nullable(v.number()),
  model: text,
  cwd: text,
  totals: v.nullable(totalsSchema),
  /** how often the totals began anew: equal totals of different runs are different responses */
  run: v.number(),
  copies: v.nullable(copiedHistorySchema),
  isSidechain: flag,
  /** what the model's context window holds, as last told */
  contextLimit: v.optional(v.fallback(v.nullable(v.number()), null), null),
  isPlanMode: flag,
});
type State = v.InferOutput<typeof stateSchema>;

/** A response as a row tells it. */
interface ToldResponse {
  readonly at: number;
  readonly total: TokenTotals | null;
  readonly used: TokenTotals;
  readonly thread: string | null;
  readonly responseId: string | null;
}

/**
 * Reads a rollout. A response is told twice, by a `token_usage_record` (newer versions) and by the `token_count` after it, and again in
 * the rollouts that copy this one's history, there by the `token_count` alone. What all of them have in common are the thread and its
 * totals after the response; so that is what a response is known by.
 */
export class RolloutParser implements LineParser {
  #state: State;

  constructor(sessionKey: string, saved: unknown) {
    const state = v.safeParse(stateSchema, saved);
    this.#state = state.success ? state.output : beginning(sessionKey);
  }

  get state(): unknown {
    return this.#state;
  }

  parse(line: string): Told {
    const json = parsedJson(line);
    if (json === undefined) return 'bad';
    const parsed = rolloutLine(json);
    switch (parsed.kind) {
      case 'meta':
        this.#takeMeta(parsed.meta, instant(parsed.timestamp));
        return nothingTold;
      case 'context':
        this.#change({
          model: parsed.model ?? this.#state.model,
          cwd: parsed.cwd ?? this.#state.cwd,
          isPlanMode: parsed.isPlanMode,
        });
        return nothingTold;
      case 'prompt':
        return this.#takePrompt(parsed.text, instant(parsed.timestamp));
      case 'edits':
        return this.#takeEdits(parsed.files, instant(parsed.timestamp));
      case 'record': {
        const at = instant(parsed.timestamp);
        return at === null ? 'bad' : this.#takeRecord(parsed.record, at);
      }
      case 'count': {
        const at = instant(parsed.timestamp);
        return at === null ? 'bad' : this.#takeCount(parsed.count, at);
      }
      case 'other':
        return nothingTold;
      case 'bad':
        return 'bad';
    }
  }

  /** The first line is about this rollout; later ones are copied with an ancestor's history, or repeat the first. */
  #takeMeta(meta: SessionMeta, at: number | null): void {
    const { hasMeta, beganAt, thread, copies, totals } = this.#state;
    const id = meta.id ?? meta.session_id;
    if (hasMeta) {
      if (id === null || id === thread || beganAt === null) return;
      if (copies !== null) this.#change({ copies: withAncestor(copies, id) });
      else if (totals === null) this.#change({ copies: beginCopies([id], beganAt) });
      return;
    }
    const spawner = meta.source?.subagent?.thread_spawn?.parent_thread_id ?? meta.parent_thread_id;
    const parents = [meta.forked_from_id, spawner].filter((parent) => parent !== null);
    const own = id ?? thread;
    const session = meta.session_id !== null && meta.session_id !== own ? meta.session_id : (spawner ?? own);
    this.#change({
      hasMeta: true,
      beganAt: at,
      thread: own,
      session,
      isSidechain: session !== own,
      cwd: meta.cwd,
      copies: parents.length > 0 && at !== null && !meta.history_base ? beginCopies(parents, at) : null,
    });
  }

  #takeRecord(
    { usage, thread_token_usage: total, thread_id: thread, response_id: responseId }: UsageRecord,
    at: number,
  ): Told {
    const { totals, run } = this.#state;
    if (!total) return this.#response({ at, total: null, used: usage, thread, responseId });
    const step = stepTo(total, totals, usage);
    if (step === null) return nothingTold;
    this.#change({ totals: total, run: step.isRestart ? run + 1 : run });
    return this.#response({ at, total, used: usage, thread, responseId });
  }

  #takeCount({ info, rate_limits: limits }: TokenCount, at: number): Told {
    const total = info?.total_token_usage ?? null;
    const last = info?.last_token_usage ?? null;
    const isCopy = this.#copiesAt(at) !== null;
    const limit = info?.model_context_window ?? null;
    const isNewLimit = limit !== null && limit !== this.#state.contextLimit;
    if (isNewLimit) this.#change({ contextLimit: limit });
    let response: readonly Fact[] = nothingTold;
    if (total !== null) {
      const step = stepTo(total, this.#state.totals, last);
      if (step !== null) {
        this.#change({ totals: total, run: step.isRestart ? this.#state.run + 1 : this.#state.run });
        response = this.#response({ at, total, used: step.used, thread: null, responseId: null });
      } else if (isNewLimit && last !== null) {
        // The response's record came before; told again, it takes the limit along.
        response = this.#response({ at, total, used: last, thread: null, responseId: null });
      }
    } else if (last !== null) {
      response = this.#response({ at, total: null, used: last, thread: null, responseId: null });
    }
    // What a copy says of limits is old, whatever its time says.
    if (!limits || isCopy) return response;
    return [...response, ...readingsOf(limits, at).map((reading): Fact => ({ kind: 'reading', reading }))];
  }

  /** A copied history's prompts began turns of the thread it was copied from; a subagent's is nobody's. */
  #takePrompt(text: string, at: number | null): Told {
    const { session, cwd, isSidechain, isPlanMode } = this.#state;
    if (at === null || isSidechain || this.#copiesAt(at) !== null) return nothingTold;
    const features = withPlanMode(promptFeatures(text), isPlanMode);
    return [{ kind: 'prompt', prompt: { agent: 'codex', sessionId: session, at, cwd, features } }];
  }

  #takeEdits(files: readonly string[], at: number | null): Told {
    if (at === null || files.length === 0 || this.#copiesAt(at) !== null) return nothingTold;
    return [{ kind: 'edits', edits: { agent: 'codex', sessionId: this.#state.session, at, files } }];
  }

  #response({ at, total, used, thread, responseId }: ToldResponse): readonly Fact[] {
    const copies = this.#copiesAt(at);
    if (isNothing(used)) return nothingTold;
    const { run, session, model, cwd, isSidechain, contextLimit } = this.#state;
    const threads = [thread ?? this.#state.thread, ...(copies?.from ?? [])];
    return [
      told({
        agent: 'codex',
        // A copy that kept its time is of another session; where it did not, it may be of this one: the ledger decides.
        sessionId: copies !== null && at < copies.beganAt ? (copies.from[0] ?? session) : session,
        id: total === null ? (responseId ?? `${at}/${nameOf(used)}`) : nameOf(total),
        marks: total === null ? [''] : [...new Set(threads)].map((each) => `${each}/${run}`),
        at,
        model,
        cwd,
        isSidechain,
        isCopy: copies !== null,
        isFast: false,
        tokens: tokensOf(used),
        costUsd: null,
        contextLimit,
      }),
    ];
  }

  /** The copied history this is part of, null if it is the rollout's own. */
  #copiesAt(at: number): CopiedHistory | null {
    const copies = this.#state.copies && goOn(this.#state.copies, at);
    if (copies !== this.#state.copies) this.#change({ copies });
    return copies;
  }

  #change(changes: Partial<State>): void {
    this.#state = { ...this.#state, ...changes };
  }
}

/** A rollout without a session_meta (very old, or its head is lost) is known by its name. */
function beginning(sessionKey: string): State {
  return {
    thread: sessionKey,
    session: sessionKey,
    hasMeta: false,
    beganAt: null,
    model: null,
    cwd: null,
    totals: null,
    run: 0,
    copies: null,
    isSidechain: false,
    contextLimit: null,
    isPlanMode: false,
  };
}
