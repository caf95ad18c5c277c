import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as v from 'valibot';
import type { TokenCounts } from '../../../src/protocol/usage.ts';
import { sendEvents } from '../claude/eventStream.ts';
import type { ToolCall } from '../claude/messagesApi.ts';
import { jsonOrNull, startLoopbackApi, type LoopbackRequest } from '../loopbackApi.ts';
import type { HiddenLimit } from './limit.ts';
import type { Deed, Pilot } from './pilot.ts';

const requestSchema = v.object({
  model: v.string(),
  stream: v.optional(v.boolean(), false),
  messages: v.array(v.unknown()),
  tools: v.optional(v.array(v.unknown()), []),
});

export interface FlightApi {
  readonly url: string;
  /** used fraction of the window when each request came in */
  readonly usedAt: readonly number[];
  readonly refused: boolean;
  /** when the first request was refused, as performance.now() tells */
  readonly refusedAt: number | null;
  readonly surprises: readonly string[];
  stop(): Promise<void>;
}

export interface FlightPlan {
  readonly pilot: Pilot;
  readonly limit: HiddenLimit;
  readonly tokens: readonly TokenCounts[];
  readonly dir: string;
  /** epoch seconds */
  readonly resetsAt: number;
}

/** A loopback Messages API with a limit: it serves a scripted model until the window is used up, then refuses as the vendor does. */
export async function startClaudeFlightApi({ pilot, limit, tokens, dir, resetsAt }: FlightPlan): Promise<FlightApi> {
  const served: TokenCounts[] = [];
  const usedAt: number[] = [];
  const surprises: string[] = [];
  let refusedAt: number | null = null;

  const answer = ({ method, path, body }: LoopbackRequest, response: ServerResponse): void => {
    if (path === '/' && method === 'HEAD') {
      response.writeHead(200).end();
      return;
    }
    const parsed = path === '/v1/messages' ? v.safeParse(requestSchema, jsonOrNull(body)) : null;
    if (parsed?.success !== true) {
      surprises.push(`${method} ${path}`);
      response.writeHead(404).end();
      return;
    }
    const { model, stream, tools, messages } = parsed.output;
    if (tools.length === 0) {
      sendEvents(response, { model, stream, step: { text: 'Refactoring' }, tokens: noCost });
      return;
    }
    const used = limit.after(served);
    usedAt.push(used);
    if (used >= 1) {
      refusedAt ??= performance.now();
      refuse(response, resetsAt);
      return;
    }
    const deed = pilot.next(JSON.stringify(messages));
    const cost = tokens[served.length];
    if (cost === undefined) throw new Error('the flight is longer than its script');
    served.push(cost);
    const step = deed.kind === 'say' ? { text: deed.text } : { tools: toolsFor(deed, dir) };
    sendEvents(response, { model, stream, step, tokens: cost });
  };
  const { url, stop } = await startLoopbackApi(surprises, answer);
  return {
    url,
    usedAt,
    surprises,
    get refused() {
      return refusedAt !== null;
    },
    get refusedAt() {
      return refusedAt;
    },
    stop,
  };
}

const noCost: TokenCounts = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };

function toolsFor(deed: Exclude<Deed, { kind: 'say' }>, dir: string): readonly ToolCall[] {
  switch (deed.kind) {
    case 'read':
      return deed.files.map((file) => ({ name: 'Read', input: { file_path: join(dir, file) } }));
    case 'replace':
      return deed.files.map((file) => ({
        name: 'Edit',
        input: { file_path: join(dir, file), old_string: deed.before, new_string: deed.after, replace_all: true },
      }));
    case 'run':
      return [{ name: 'Bash', input: { command: deed.command, description: 'Run the tests' } }];
    case 'write':
      return [{ name: 'Write', input: { file_path: join(dir, deed.file), content: deed.content } }];
  }
}

/** Headers and body as captured from Claude Code's own vendor names (a subscriber's five-hour window that is used up). */
function refuse(response: ServerResponse, resetsAt: number): void {
  const reset = String(resetsAt);
  response.writeHead(429, {
    'content-type': 'application/json',
    'retry-after': String(resetsAt - Math.floor(Date.now() / 1000)),
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-reset': reset,
    'anthropic-ratelimit-unified-5h-status': 'rejected',
    'anthropic-ratelimit-unified-5h-utilization': '1.0',
    'anthropic-ratelimit-unified-5h-reset': reset,
    'anthropic-ratelimit-unified-overage-status': 'rejected',
    'anthropic-ratelimit-unified-overage-disabled-reason': 'org_level_disabled',
  });
  const message = "This request would exceed your account's rate limit. Please try again later.";
  response.end(JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message } }));
}
