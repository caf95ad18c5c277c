import type { TokenCounts } from '../../src/protocol/usage.ts';

/** What a corpus really holds, counted while it was made. */
export interface CorpusTruth {
  responses: number;
  tokens: TokenCounts;
  readonly byDay: Map<string, number>;
  readonly byModel: Map<string, number>;
  readonly bySession: Map<string, number>;
}

export interface UsageCorpus {
  /** path below the transcripts root -> its lines */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly truth: CorpusTruth;
}

const models = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5'];
const start = Date.parse('2026-10-20T08:00:00.000Z');

/**
 * Transcripts as Claude Code writes them, with everything that makes naive sums wrong: several rows per response with growing output,
 * forks, side questions under new request ids, progress rows, gateways with one constant id, client-made rows, usage in tool results.
 * Same seed, same corpus. New tokens (input, output, cache writes) are kept per day (UTC), model and session.
 */
export function usageCorpus({
  seed,
  sessions,
  filler = 400,
}: {
  seed: number;
  sessions: number;
  filler?: number;
}): UsageCorpus {
  return new CorpusMaker(seed, filler).make(sessions);
}

interface Made {
  readonly sessionId: string;
  readonly project: string;
  readonly rows: Record<string, unknown>[];
}

class CorpusMaker {
  readonly #files = new Map<string, readonly string[]>();
  readonly #truth: CorpusTruth = {
    responses: 0,
    tokens: { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 },
    byDay: new Map(),
    byModel: new Map(),
    bySession: new Map(),
  };
  readonly #filler: number;
  #state: number;
  #serial = 0;

  constructor(seed: number, filler: number) {
    this.#state = seed;
    this.#filler = filler;
  }

  make(sessions: number): UsageCorpus {
    const forkable: Made[] = [];
    for (let index = 0; index < sessions; index += 1) {
      const gateway = index % 7 === 3;
      const parent = index % 6 === 5 ? forkable.at(-1) : undefined;
      const made = this.#session(index, gateway, parent);
      if (!gateway && parent === undefined) forkable.push(made);
    }
    return { files: this.#files, truth: this.#truth };
  }

  #session(index: number, gateway: boolean, parent: Made | undefined): Made {
    const sessionId = this.#id('00000000-0000-4000-8000-');
    const project = parent?.project ?? `-home-dev-project-${index % 5}`;
    const rows: Record<string, unknown>[] = (parent?.rows ?? []).map((row) => ({
      ...row,
      sessionId,
      ...(row['type'] === 'assistant' ? { requestSessionId: parent?.sessionId } : {}),
    }));
    const base = { sessionId, cwd: `/home/dev/project-${index % 5}`, version: '2.1.330', userType: 'external' };
    let at = start + index * 5 * 3_600_000;
    const turns = this.#between(3, 12);
    for (let turn = 0; turn < turns; turn += 1) {
      at += this.#between(1_000, 900_000);
      rows.push({ ...base, ...this.#head('user', at), message: { role: 'user', content: this.#text() } });
      rows.push(...this.#response(base, at, sessionId, gateway, false));
      rows.push({
        ...base,
        ...this.#head('user', at + 5),
        message: toolResult,
        toolUseResult: { usage: { input_tokens: 9e6, output_tokens: 9e6 } },
      });
      if (this.#between(0, 9) === 0)
        rows.push({ ...base, ...this.#head('assistant', at + 6), message: clientMade, isApiErrorMessage: true });
    }
    const folder = `${project}/${sessionId}/subagents`;
    if (index % 3 === 1) {
      const sub = this.#response(base, at + 100, sessionId, gateway, true);
      this.#files.set(
        `${folder}/agent-${index}.jsonl`,
        sub.map((row) => JSON.stringify(row)),
      );
      const mirror = { type: 'assistant', ...pick(sub.at(-1), ['timestamp', 'message', 'requestId', 'uuid']) };
      rows.push({ ...base, ...this.#head('progress', at + 200), data: { type: 'agent_progress', message: mirror } });
    }
    if (!gateway && index % 4 === 2) {
      const side = rows
        .filter((row) => row['type'] === 'assistant')
        .map((row) => ({
          ...row,
          isSidechain: true,
          requestId: this.#id('req_side'),
          timestamp: new Date(at + 9e7).toISOString(),
        }));
      this.#files.set(
        `${folder}/agent-aside_question-${index}.jsonl`,
        side.map((row) => JSON.stringify(row)),
      );
    }
    this.#files.set(
      `${project}/${sessionId}.jsonl`,
      rows.map((row) => JSON.stringify(row)),
    );
    return { sessionId, project, rows };
  }

  /** The rows of one response, counted into the truth. */
  #response(
    base: Record<string, unknown>,
    at: number,
    sessionId: string,
    gateway: boolean,
    isSidechain: boolean,
  ): Record<string, unknown>[] {
    const model = models[this.#between(0, 2)] ?? '';
    const hour = this.#between(0, 1) === 1;
    const written = this.#between(100, 4_000);
    const tokens: TokenCounts = {
      input: this.#between(1, 90),
      output: this.#between(10, 900),
      cacheWrite5m: hour ? 0 : written,
      cacheWrite1h: hour ? written : 0,
      // Unlike any other response's, so that the constant id of a gateway stays decidable.
      cacheRead: 10_000 + (this.#serial += 1),
    };
    this.#count(tokens, at, model, sessionId);
    const id = gateway ? 'chatcmpl-1' : this.#id('msg_01');
    const requestId = gateway && this.#between(0, 1) === 1 ? null : this.#id('req_01');
    const blocks = this.#between(1, 4);
    return Array.from({ length: blocks }, (_, block) => {
      const output = block === blocks - 1 ? tokens.output : this.#between(1, tokens.output);
      const content = [
        { type: 'tool_use', name: 'Write', input: { id: null, model: null, text: `${this.#text()} "usage": {` } },
      ];
      return {
        ...base,
        ...this.#head('assistant', at + block * 10),
        isSidechain,
        requestId,
        message: { id, type: 'message', role: 'assistant', model, content, usage: usageJson({ ...tokens, output }) },
      };
    });
  }

  #count(tokens: TokenCounts, at: number, model: string, sessionId: string): void {
    const { truth } = { truth: this.#truth };
    const sums = truth.tokens;
    truth.responses += 1;
    truth.tokens = {
      input: sums.input + tokens.input,
      output: sums.output + tokens.output,
      cacheWrite5m: sums.cacheWrite5m + tokens.cacheWrite5m,
      cacheWrite1h: sums.cacheWrite1h + tokens.cacheWrite1h,
      cacheRead: sums.cacheRead + tokens.cacheRead,
    };
    const fresh = tokens.input + tokens.output + tokens.cacheWrite5m + tokens.cacheWrite1h;
    for (const [group, key] of [
      [truth.byDay, new Date(at).toISOString().slice(0, 10)],
      [truth.byModel, model],
      [truth.bySession, sessionId],
    ] as const) {
      group.set(key, (group.get(key) ?? 0) + fresh);
    }
  }

  #head(type: string, at: number) {
    return {
      type,
      uuid: this.#id('00000000-0000-4000-9000-'),
      timestamp: new Date(at).toISOString(),
      isSidechain: false,
    };
  }

  #id(prefix: string): string {
    this.#serial += 1;
    return `${prefix}${this.#serial.toString(36).padStart(12, '0')}`;
  }

  #text(): string {
    return 'const größe = "使用量"; '.repeat(this.#between(1, 2 + this.#filler / 20));
  }

  /** A whole number from `low` to `high`, both included (mulberry32). */
  #between(low: number, high: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return low + Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * (high - low + 1));
  }
}

const toolResult = { role: 'user', content: [{ type: 'tool_result', content: 'ok', tool_use_id: 'toolu_01' }] };
const clientMade = {
  id: 'x',
  model: '<synthetic>',
  role: 'assistant',
  content: [],
  usage: { input_tokens: 0, output_tokens: 0 },
};

function usageJson(tokens: TokenCounts) {
  return {
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    cache_creation_input_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
    cache_read_input_tokens: tokens.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: tokens.cacheWrite5m, ephemeral_1h_input_tokens: tokens.cacheWrite1h },
    service_tier: 'standard',
  };
}

function pick(row: Record<string, unknown> | undefined, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, row?.[key]]));
}
