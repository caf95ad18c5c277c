import type { TokenCounts } from '../../src/protocol/usage.ts';
import type { ServerResponse } from 'node:http';
import { jsonOrNull, startLoopbackApi, type LoopbackRequest } from './loopbackApi.ts';

export interface ScriptedTool {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** One answer of the scripted model: it says something, asks for tools, or is refused because the plan's limit is reached. */
export interface ScriptedStep {
  readonly text?: string;
  readonly tools?: readonly ScriptedTool[];
  readonly refusal?: 'limit';
  /** how much of the plan's window is used after this answer, where the vendor says so with each (Codex) */
  readonly usedPercent?: number;
  /** what the vendor says that the answer used (Codex); missing: 1000 in, 50 out */
  readonly tokens?: Pick<TokenCounts, 'input' | 'cacheRead' | 'output'>;
}

/** A step, or a function called when the request arrives: the moment to look at the disk, since no tool of the agent runs then. */
export type ScriptedSource = ScriptedStep | (() => ScriptedStep);

/** How one vendor's API talks. */
export interface ModelProtocol {
  /** `main` asks for the next step, `side` is other work of the agent's (titles); null: no request to the model */
  kindOf(path: string, body: unknown): 'main' | 'side' | null;
  answer(
    response: ServerResponse,
    step: ScriptedStep,
    request: { readonly number: number; readonly path: string },
  ): void;
  side(response: ServerResponse, path: string): void;
  /** what else the agent asks its vendor for and does without; true if this was such a thing, and is answered */
  other?(response: ServerResponse, path: string): boolean;
}

export interface ModelApi {
  readonly url: string;
  /** the bodies of the main requests, as text */
  readonly requests: readonly string[];
  /** what no script foresees, and every attempt to reach another machine: empty in a good run */
  readonly surprises: readonly string[];
  play(script: readonly ScriptedSource[]): void;
  stop(): Promise<void>;
}

/** A loopback API that answers from a script. */
export async function startModelApi(protocol: ModelProtocol): Promise<ModelApi> {
  const requests: string[] = [];
  const surprises: string[] = [];
  let script: readonly ScriptedSource[] = [];
  let position = 0;

  const answer = ({ path, method, body }: LoopbackRequest, response: ServerResponse): void => {
    const kind = protocol.kindOf(path, jsonOrNull(body));
    if (kind === 'side') {
      protocol.side(response, path);
      return;
    }
    if (kind === null) {
      if (protocol.other?.(response, path)) return;
      surprises.push(`${method} ${path}`);
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"no such route"}}');
      return;
    }
    requests.push(body);
    const source = script[position];
    // A refusal stands: the agent may try again as often as it likes.
    const step = typeof source === 'function' ? source() : source;
    if (step?.refusal === undefined) position += 1;
    if (step === undefined) surprises.push(`request ${requests.length} went past the script`);
    protocol.answer(response, step ?? { text: 'The script has ended.' }, { number: requests.length, path });
  };

  const { url, stop } = await startLoopbackApi(surprises, answer);
  return {
    url,
    requests,
    surprises,
    play(next) {
      script = next;
      position = 0;
    },
    stop,
  };
}

/** A stream of server-sent events, sent in one piece. */
export function sendEvents(response: ServerResponse, events: readonly (readonly [string | null, unknown])[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const lines = events.map(([name, data]) => {
    const value = typeof data === 'string' ? data : JSON.stringify(data);
    return `${name === null ? '' : `event: ${name}\n`}data: ${value}\n\n`;
  });
  response.end(lines.join(''));
}
