import type { TokenCounts } from '../../src/protocol/usage.ts';
import { Chance, type Truth } from './corpusTools.ts';

/** One file of a corpus. */
export interface CorpusFile {
  /** below the transcripts root */
  readonly path: string;
  readonly lines: readonly string[];
  /** of its last row, epoch milliseconds */
  readonly endsAt: number;
}

type Row = Record<string, unknown>;

/** One row per content block of a response, and what the tools it calls give back. */
export interface TurnContent {
  readonly prompt: string;
  readonly blocks: readonly Row[];
  /** `message` and `toolUseResult` of the rows that follow */
  readonly results: readonly Row[];
}

/** How large a corpus is, and how often it holds what; index is a session's number. */
export interface CorpusShape {
  readonly seed: number;
  readonly sessions: number;
  readonly projects: number;
  readonly models: readonly string[];
  startOf(index: number): number;
  /** whether a conversation of so many turns and bytes goes on; `isSubagent` for those that work for the session */
  goesOn(index: number, turns: number, bytes: number, isSubagent: boolean): boolean;
  content(chance: Chance): TurnContent;
  isGateway(index: number): boolean;
  hasRequestIds(index: number): boolean;
  isFork(index: number): boolean;
  subagents(index: number): number;
  hasSideQuestion(index: number): boolean;
  /** how many rows a side question repeats, and how much later it says they were */
  readonly sideRows: number;
  readonly sideDelayMs: number;
  /** the last row of every so-many-th response of several rows is lost, as when a turn is interrupted */
  readonly lostEvery: number;
  /** sessions below this size can be forked */
  readonly forkableBytes: number;
}

/**
 * Transcripts as Claude Code writes them, one session after another, with everything that makes naive sums wrong: several rows per response
 * with growing output, forks, side questions under new request ids, subagents and the progress rows that mirror them, gateways with one
 * constant id, client-made rows, usage in tool results. Same shape, same corpus. `truth` gets each response that a right reading finds.
 */
export function claudeTranscripts(shape: CorpusShape, truth: Truth): Iterable<CorpusFile> {
  return new CorpusMaker(shape, truth).files();
}

interface Session {
  readonly index: number;
  readonly id: string;
  readonly project: string;
  readonly base: Row;
  readonly isGateway: boolean;
  at: number;
}

interface Conversation {
  readonly rows: Row[];
  readonly lines: string[];
  bytes: number;
}

class CorpusMaker {
  readonly #shape: CorpusShape;
  readonly #truth: Truth;
  readonly #chance: Chance;
  #serial = 0;
  #forkable: { readonly session: Session; readonly rows: readonly Row[] } | null = null;

  constructor(shape: CorpusShape, truth: Truth) {
    this.#shape = shape;
    this.#truth = truth;
    this.#chance = new Chance(shape.seed);
  }

  *files(): Generator<CorpusFile> {
    for (let index = 0; index < this.#shape.sessions; index += 1) yield* this.#session(index);
  }

  *#session(index: number): Generator<CorpusFile> {
    const shape = this.#shape;
    const parent = shape.isFork(index) ? this.#forkable : null;
    const number = index % shape.projects;
    const session: Session = {
      index,
      id: this.#id('00000000-0000-4000-8000-'),
      project: parent?.session.project ?? `-home-dev-project-${number}`,
      base: {},
      isGateway: parent === null && shape.isGateway(index),
      at: shape.startOf(index),
    };
    Object.assign(session.base, {
      sessionId: session.id,
      cwd: `/home/dev/project-${number}`,
      version: '2.1.330',
      userType: 'external',
      gitBranch: 'main',
    });
    const main: Conversation = { rows: [], lines: [], bytes: 0 };
    for (const row of parent?.rows ?? []) {
      const isResponse = row['type'] === 'assistant';
      this.#put(main, {
        ...row,
        sessionId: session.id,
        ...(isResponse ? { requestSessionId: parent?.session.id } : {}),
      });
    }
    this.#turns(session, main, false);

    const folder = `${session.project}/${session.id}/subagents`;
    const subagents = shape.subagents(index);
    for (let number = 0; number < subagents; number += 1) {
      const sub: Conversation = { rows: [], lines: [], bytes: 0 };
      this.#turns(session, sub, true);
      const name = number === 0 ? `${index}` : `${index}-${number}`;
      yield { path: `${folder}/agent-${name}.jsonl`, lines: sub.lines, endsAt: session.at };
      const mirrored = sub.rows.filter((row) => row['type'] === 'assistant').at(-1);
      const mirror = { type: 'assistant', ...pick(mirrored, ['timestamp', 'message', 'requestId', 'uuid']) };
      this.#put(main, {
        ...session.base,
        ...this.#head('progress', session.at + 200),
        data: { type: 'agent_progress', message: mirror },
      });
    }
    if (!session.isGateway && shape.hasSideQuestion(index)) yield this.#sideQuestion(session, main, folder);
    yield { path: `${session.project}/${session.id}.jsonl`, lines: main.lines, endsAt: session.at };
    if (parent === null && !session.isGateway && main.bytes < shape.forkableBytes) {
      this.#forkable = { session, rows: main.rows };
    }
  }

  #turns(session: Session, conversation: Conversation, isSubagent: boolean): void {
    const { base } = session;
    // The rows that a fork begins with are nobody's turns.
    const copied = conversation.bytes;
    for (let turn = 0; this.#shape.goesOn(session.index, turn, conversation.bytes - copied, isSubagent); turn += 1) {
      session.at += this.#chance.between(1_000, turn % 9 === 8 ? 900_000 : 60_000);
      const { prompt, blocks, results } = this.#shape.content(this.#chance);
      // Most of what Claude Code sends by itself are the results of tools.
      if (turn % 9 === 0) {
        const row = { ...base, ...this.#head('user', session.at), message: { role: 'user', content: prompt } };
        this.#put(conversation, { ...row, isSidechain: isSubagent });
      }
      this.#response(session, conversation, blocks, isSubagent);
      for (const result of results) {
        session.at += this.#chance.between(5, 9_000);
        this.#put(conversation, { ...base, ...this.#head('user', session.at), isSidechain: isSubagent, ...result });
      }
      if (this.#chance.between(0, 99) === 0) {
        const row = { ...base, ...this.#head('assistant', session.at + 6), message: clientMade };
        this.#put(conversation, { ...row, isApiErrorMessage: true });
      }
    }
  }

  #sideQuestion(session: Session, main: Conversation, folder: string): CorpusFile {
    const answered = main.rows.filter((row) => row['type'] === 'assistant' && row['isApiErrorMessage'] !== true);
    const lines = answered.slice(-this.#shape.sideRows).map((row) =>
      JSON.stringify({
        ...row,
        isSidechain: true,
        requestId: this.#id('req_side'),
        timestamp: new Date(Date.parse(String(row['timestamp'])) + this.#shape.sideDelayMs).toISOString(),
      }),
    );
    return { path: `${folder}/agent-aside_question-${session.index}.jsonl`, lines, endsAt: session.at };
  }

  /** The rows of one response, counted into the truth. */
  #response(session: Session, conversation: Conversation, blocks: readonly Row[], isSubagent: boolean): void {
    const chance = this.#chance;
    const { index, base, isGateway, at } = session;
    const model = this.#shape.models[chance.between(0, this.#shape.models.length - 1)] ?? '';
    const isHour = chance.between(0, 2) > 0;
    const written = chance.between(100, 6_000);
    this.#serial += 1;
    const isLost = blocks.length > 1 && this.#serial % this.#shape.lostEvery === 0;
    const count = blocks.length - (isLost ? 1 : 0);
    const outputs = Array.from({ length: count }, () => chance.between(1, 900)).sort((a, b) => a - b);
    const tokens: TokenCounts = {
      input: chance.between(1, 90),
      output: outputs.at(-1) ?? 0,
      cacheWrite5m: isHour ? 0 : written,
      cacheWrite1h: isHour ? written : 0,
      // Unlike any other response's in its session, so that the constant id of a gateway stays decidable.
      cacheRead: 10_000 + (this.#serial % 120_000),
    };
    this.#truth.add({ at, model, sessionId: session.id, tokens });
    const id = isGateway ? 'chatcmpl-1' : this.#id('msg_01');
    const isNamed = isGateway ? chance.between(0, 1) === 0 : this.#shape.hasRequestIds(index);
    // A gateway says null; Bedrock's rows have no such key.
    const request = isNamed ? { requestId: this.#id('req_01') } : isGateway ? { requestId: null } : {};
    for (const [number, output] of outputs.entries()) {
      const usage = usageJson({ ...tokens, output });
      const content = blocks.slice(number, number + 1);
      this.#put(conversation, {
        ...base,
        ...this.#head('assistant', at + number * 10),
        isSidechain: isSubagent,
        ...request,
        message: { model, id, type: 'message', role: 'assistant', content, stop_reason: null, usage },
      });
    }
  }

  #put(conversation: Conversation, row: Row): void {
    const line = JSON.stringify(row);
    conversation.rows.push(row);
    conversation.lines.push(line);
    conversation.bytes += line.length + 1;
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
}

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

function pick(row: Row | undefined, keys: readonly string[]): Row {
  return Object.fromEntries(keys.map((key) => [key, row?.[key]]));
}
