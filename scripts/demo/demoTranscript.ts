import { randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TokenCounts } from '../../src/protocol/usage.ts';

export interface DemoToolUse {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, string>>;
}

/** Writes lines of the shape that Claude Code 2.1.330 writes, to where it would write them. */
export class DemoTranscript {
  readonly sessionId = randomUUID();
  readonly path: string;
  readonly #cwd: string;
  #lastLine: string | null = null;
  /** tokens in the scripted model's prompt cache, which each response reads again */
  #cached = 0;

  constructor(home: string, cwd: string) {
    this.#cwd = cwd;
    // Claude Code's rule for the folder's name; it also shortens very long ones, which no reader may rely on.
    const slug = cwd.replace(/[^A-Za-z0-9]/g, '-').slice(0, 200);
    this.path = join(home, '.claude', 'projects', slug, `${this.sessionId}.jsonl`);
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
  }

  prompt(text: string): void {
    this.#append({ type: 'user', message: { role: 'user', content: text } });
  }

  /** One response: a line for its text and one for its tool call, both with the same id and usage, as the real ones are. */
  response(
    text: string,
    tool: DemoToolUse | null,
    tokens: Pick<TokenCounts, 'input' | 'output' | 'cacheWrite5m'>,
  ): void {
    const usage = {
      input_tokens: tokens.input,
      cache_creation_input_tokens: tokens.cacheWrite5m,
      cache_read_input_tokens: this.#cached,
      cache_creation: { ephemeral_5m_input_tokens: tokens.cacheWrite5m, ephemeral_1h_input_tokens: 0 },
      output_tokens: tokens.output,
      service_tier: 'standard',
    };
    this.#cached += tokens.cacheWrite5m;
    const message = {
      id: `msg_01${randomBytes(11).toString('hex')}`,
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5-5',
      stop_reason: tool ? 'tool_use' : 'end_turn',
      stop_sequence: null,
      usage,
    };
    const requestId = `req_01${randomBytes(11).toString('hex')}`;
    this.#append({ type: 'assistant', requestId, message: { ...message, content: [{ type: 'text', text }] } });
    if (tool) {
      this.#append({ type: 'assistant', requestId, message: { ...message, content: [{ type: 'tool_use', ...tool }] } });
    }
  }

  toolResult(tool: DemoToolUse, content: string): void {
    const result = { type: 'tool_result', tool_use_id: tool.id, content };
    this.#append({ type: 'user', message: { role: 'user', content: [result] } });
  }

  #append(line: Readonly<Record<string, unknown>>): void {
    const uuid = randomUUID();
    const whole = {
      parentUuid: this.#lastLine,
      isSidechain: false,
      ...line,
      uuid,
      timestamp: new Date().toISOString(),
      userType: 'external',
      entrypoint: 'cli',
      cwd: this.#cwd,
      sessionId: this.sessionId,
      version: '2.1.330',
      gitBranch: 'main',
    };
    this.#lastLine = uuid;
    appendFileSync(this.path, `${JSON.stringify(whole)}\n`, { mode: 0o600 });
  }
}
