import { Chance, corpusStart, Truth } from './corpusTools.ts';

interface Counts {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}
interface Thread {
  readonly id: string;
  /** the session it works for; its own but for subagents */
  readonly session: string;
  readonly lines: Line[];
  readonly model: string;
  totals: Counts;
  at: number;
  /** newer versions tell of a response twice */
  readonly hasRecords: boolean;
}
interface Line {
  readonly timestamp: string;
  readonly type: string;
  readonly payload: Record<string, unknown>;
}

const zero: Counts = { input: 0, cached: 0, output: 0, reasoning: 0 };

/**
 * Rollouts as Codex writes them, with everything that makes naive sums wrong: totals that only grow, the last response told again after a
 * refused request, totals set back by compaction, forks and subagents that begin with a copy of their parent's history (with its times or
 * the time of copying, with all its lines or without the usage records), forks that only point there and go on from its totals, children
 * that begin at zero, siblings that do the same, archived rollouts. Same seed, same corpus.
 */
export function codexCorpus(seed: number, threads: number): { files: Map<string, readonly string[]>; truth: Truth } {
  return new CodexCorpus(seed).make(threads);
}

class CodexCorpus {
  readonly #chance: Chance;
  readonly #truth = new Truth();
  readonly #files = new Map<string, readonly string[]>();

  constructor(seed: number) {
    this.#chance = new Chance(seed);
  }

  make(threads: number): { files: Map<string, readonly string[]>; truth: Truth } {
    const parents: Thread[] = [];
    for (let index = 0; index < threads; index += 1) {
      const parent = index % 2 === 1 ? parents[this.#chance.between(0, parents.length - 1)] : undefined;
      const thread = parent === undefined ? this.#root(index) : this.#child(parent);
      this.#turns(thread, this.#chance.between(1, 6));
      parents.push(thread);
    }
    for (const thread of parents) this.#put(thread);
    return { files: this.#files, truth: this.#truth };
  }

  #root(index: number): Thread {
    const at = corpusStart + index * 1_900_000;
    const id = this.#chance.uuid(at);
    const thread = this.#thread(id, id, at, this.#chance.between(0, 1) === 1);
    this.#meta(thread, { id, session_id: id, source: 'cli' });
    return thread;
  }

  #child(parent: Thread): Thread {
    const at = parent.at + this.#chance.between(5_000, 400_000);
    parent.at = at + 1;
    const id = this.#chance.uuid(at);
    const isSubagent = this.#chance.between(0, 1) === 1;
    const thread = this.#thread(id, isSubagent ? parent.session : id, at, parent.hasRecords);
    const origin = isSubagent
      ? {
          source: { subagent: { thread_spawn: { parent_thread_id: parent.id, depth: 1 } } },
          session_id: parent.session,
        }
      : { source: 'cli', forked_from_id: parent.id, session_id: id };
    switch (this.#chance.of('copied', 'restamped', 'pointer', 'fresh')) {
      case 'pointer':
        this.#meta(thread, { id, ...origin, history_base: { thread_id: parent.id } });
        thread.totals = parent.totals;
        break;
      case 'fresh':
        this.#meta(thread, { id, ...origin });
        break;
      case 'copied':
        this.#meta(thread, { id, ...origin });
        this.#copy(parent, thread, null);
        break;
      case 'restamped':
        this.#meta(thread, { id, ...origin });
        this.#copy(parent, thread, at + 30);
        break;
    }
    return thread;
  }

  #copy(parent: Thread, thread: Thread, at: number | null): void {
    const withMetas = this.#chance.between(0, 2) > 0;
    for (const line of parent.lines) {
      if (line.type === 'token_usage_record' || (line.type === 'session_meta' && !withMetas)) continue;
      thread.lines.push(at === null ? line : { ...line, timestamp: time(at + thread.lines.length) });
    }
    // Only what the copy shows is known to the child.
    thread.totals = this.#chance.of(parent.totals, zero);
  }

  #turns(thread: Thread, responses: number): void {
    this.#line(thread, 'turn_context', { model: thread.model, cwd: '/home/dev/app' });
    for (let index = 0; index < responses; index += 1) {
      thread.at += this.#chance.between(4_000, 3_600_000);
      this.#line(thread, 'response_item', { text: `${this.#chance.text()} "token_count"` });
      this.#response(thread);
      if (this.#chance.between(0, 6) === 0) this.#count(thread, null);
      if (this.#chance.between(0, 9) === 0) {
        // Compaction fills the context: the classes are set back to zero, and begin anew with the next response.
        thread.totals = zero;
        this.#count(thread, null);
      }
    }
  }

  #response(thread: Thread): void {
    const input = this.#chance.between(2_000, 90_000);
    const output = this.#chance.between(10, 4_000);
    const last = {
      input,
      cached: this.#chance.between(0, input),
      output,
      reasoning: this.#chance.between(0, output),
    };
    const { totals } = thread;
    thread.totals = {
      input: totals.input + last.input,
      cached: totals.cached + last.cached,
      output: totals.output + last.output,
      reasoning: totals.reasoning + last.reasoning,
    };
    const { at, model, session } = thread;
    const tokens = { input: input - last.cached, output, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: last.cached };
    this.#truth.add({ at: at + 1, model, sessionId: session, tokens });
    thread.at += 1;
    if (thread.hasRecords) {
      const response = { thread_id: thread.id, response_id: `resp_${this.#chance.uuid(at)}` };
      this.#line(thread, 'token_usage_record', {
        ...response,
        usage: json(last),
        thread_token_usage: json(thread.totals),
      });
    }
    this.#count(thread, last);
  }

  #count(thread: Thread, last: Counts | null): void {
    const used = { used_percent: 12, window_minutes: 300, resets_at: 1_795_418_923 };
    this.#line(thread, 'event_msg', {
      type: 'token_count',
      info: { total_token_usage: json(thread.totals), last_token_usage: json(last ?? { ...zero, input: 77 }) },
      rate_limits: { limit_id: 'codex', primary: used, secondary: null },
    });
  }

  #thread(id: string, session: string, at: number, hasRecords: boolean): Thread {
    const model = this.#chance.of('gpt-5.5', 'gpt-6-sol', 'codex-mini');
    return { id, session, lines: [], model, totals: zero, at, hasRecords };
  }

  #meta(thread: Thread, payload: Record<string, unknown>): void {
    this.#line(thread, 'session_meta', { ...payload, cwd: '/home/dev/app', base_instructions: this.#chance.text() });
  }

  #line(thread: Thread, type: string, payload: Record<string, unknown>): void {
    thread.lines.push({ timestamp: time(thread.at), type, payload });
  }

  #put(thread: Thread): void {
    const day = new Date(thread.at).toISOString().slice(0, 10).replaceAll('-', '/');
    const name = `rollout-x-${thread.id}.jsonl`;
    const isArchived = this.#chance.between(0, 5) === 0;
    const lines = thread.lines.map((line) => JSON.stringify(line));
    this.#files.set(isArchived ? `.codex/archived_sessions/${name}` : `.codex/sessions/${day}/${name}`, lines);
  }
}

function time(at: number): string {
  return new Date(at).toISOString();
}

function json({ input, cached, output, reasoning }: Counts): Record<string, number> {
  return {
    input_tokens: input,
    cached_input_tokens: cached,
    output_tokens: output,
    reasoning_output_tokens: reasoning,
    total_tokens: input + output,
  };
}
