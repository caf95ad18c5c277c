import type { ServerResponse } from 'node:http';
import * as v from 'valibot';
import { noTokens, type TokenCounts } from '../../../src/protocol/usage.ts';
import { jsonOrNull, startLoopbackApi, type LoopbackRequest } from '../loopbackApi.ts';
import { sendEvents } from './eventStream.ts';

export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** One answer of the scripted model. */
export interface Step {
  readonly thinking?: string;
  readonly text?: string;
  readonly tools?: readonly ToolCall[];
  readonly tokens?: Partial<TokenCounts>;
  /** such as those that tell a subscriber's limits */
  readonly headers?: Readonly<Record<string, string>>;
  /** refused instead, as at a limit: a wait of hours, which the agent does not sit out */
  readonly refused?: { readonly message: string; readonly headers?: Readonly<Record<string, string>> };
}

/** A step, or a function called when the request arrives: the moment to look at the disk, since no tool of the agent runs then. */
export type StepSource = Step | (() => Step | Promise<Step>);

/**
 * The conversation of each lane, in order. `main` is the agent itself; a subagent belongs to the lane that its prompt names (see `laneMark`).
 */
export type Scenario = Readonly<Record<string, readonly StepSource[]>>;

/** To be put into a subagent's prompt, so that its requests are told apart from everyone else's. */
export function laneMark(lane: string): string {
  return `[lane ${lane}]`;
}

const requestSchema = v.object({
  model: v.string(),
  stream: v.optional(v.boolean(), false),
  messages: v.array(v.object({ role: v.string(), content: v.unknown() })),
  tools: v.optional(v.array(v.unknown()), []),
});
export type MessagesRequest = v.InferOutput<typeof requestSchema>;

export interface ReceivedRequest {
  readonly lane: string;
  readonly body: MessagesRequest;
}

export interface MessagesApi {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** what was asked for that no scenario foresees, and every attempt to reach another machine: empty in a good run */
  readonly surprises: readonly string[];
  play(scenario: Scenario): void;
  /** the tokens of every message sent in full */
  served(): TokenCounts & { readonly responses: number };
  stop(): Promise<void>;
}

/** A loopback Anthropic Messages API that answers from a script. */
export async function startMessagesApi(): Promise<MessagesApi> {
  const requests: ReceivedRequest[] = [];
  const surprises: string[] = [];
  let lanes: Scenario = {};
  let positions = new Map<string, number>();
  let served = { ...noTokens, responses: 0 };

  const nextStep = async (lane: string): Promise<Step | null> => {
    const position = positions.get(lane) ?? 0;
    positions.set(lane, position + 1);
    const source = lanes[lane]?.[position];
    if (source === undefined) return null;
    return typeof source === 'function' ? await source() : source;
  };

  const answer = async ({ method, path, body }: LoopbackRequest, response: ServerResponse): Promise<void> => {
    if (path === '/' && method === 'HEAD') {
      // Claude Code warms its connection up with this one.
      response.writeHead(200).end();
      return;
    }
    const parsed = path === '/v1/messages' ? v.safeParse(requestSchema, jsonOrNull(body)) : null;
    if (parsed?.success !== true) {
      surprises.push(`${method} ${path}`);
      sendError(response, 404, 'not_found_error', 'no such route in this test');
      return;
    }
    const lane = laneOf(parsed.output);
    requests.push({ lane, body: parsed.output });
    const step = await nextStep(lane);
    if (step === null) {
      surprises.push(`request ${requests.length} went past the script of lane ${lane}`);
      sendError(response, 400, 'invalid_request_error', `the script of lane ${lane} has ended`);
      return;
    }
    if (step.refused !== undefined) {
      response.setHeader('retry-after', '7200');
      for (const [name, value] of Object.entries(step.refused.headers ?? {})) response.setHeader(name, value);
      sendError(response, 429, 'rate_limit_error', step.refused.message);
      return;
    }
    const tokens: TokenCounts = { ...noTokens, input: 3, output: 20, ...step.tokens };
    sendEvents(response, { model: parsed.output.model, stream: parsed.output.stream, step, tokens });
    served = add(served, tokens);
  };

  const { url, stop } = await startLoopbackApi(surprises, answer);
  return {
    url,
    requests,
    surprises,
    play(scenario) {
      lanes = scenario;
      positions = new Map();
    },
    served: () => served,
    stop,
  };
}

/** Only the first message counts: the main conversation quotes its subagents' prompts later on. */
function laneOf(body: MessagesRequest): string {
  const first = JSON.stringify(body.messages[0]?.content ?? '');
  const marked = /\[lane ([\w-]+)\]/.exec(first)?.[1];
  if (marked !== undefined) return marked;
  // Requests without tools are side work of the agent (titles, summaries).
  return body.tools.length === 0 ? 'side' : 'main';
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message } }));
}

function add(
  sum: TokenCounts & { readonly responses: number },
  more: TokenCounts,
): TokenCounts & { responses: number } {
  return {
    responses: sum.responses + 1,
    input: sum.input + more.input,
    output: sum.output + more.output,
    cacheWrite5m: sum.cacheWrite5m + more.cacheWrite5m,
    cacheWrite1h: sum.cacheWrite1h + more.cacheWrite1h,
    cacheRead: sum.cacheRead + more.cacheRead,
  };
}
