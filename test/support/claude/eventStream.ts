import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { TokenCounts } from '../../../src/protocol/usage.ts';
import type { Step } from './messagesApi.ts';

interface Answer {
  readonly model: string;
  readonly stream: boolean;
  readonly step: Step;
  readonly tokens: TokenCounts;
}

interface Block {
  readonly start: Readonly<Record<string, unknown>>;
  readonly deltas: readonly Readonly<Record<string, unknown>>[];
  readonly whole: Readonly<Record<string, unknown>>;
}

/** Writes one message in the form of the Messages API: as server-sent events, or in one piece where the request did not ask for a stream. */
export function sendEvents(response: ServerResponse, { model, stream, step, tokens }: Answer): void {
  const blocks = blocksOf(step);
  const usage = usageOf(tokens);
  const stopReason = step.tools?.length ? 'tool_use' : 'end_turn';
  const message = { id: makeId('msg_01'), type: 'message', role: 'assistant', model, stop_sequence: null };
  const headers = { 'request-id': makeId('req_01'), ...step.headers };
  if (!stream) {
    response.writeHead(200, { ...headers, 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ ...message, content: blocks.map(({ whole }) => whole), stop_reason: stopReason, usage }),
    );
    return;
  }

  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
  const send = (type: string, data: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  // As from the real service, the first event knows the input but only the first output token; the last one has the final count.
  send('message_start', {
    message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  });
  blocks.forEach(({ start, deltas }, index) => {
    send('content_block_start', { index, content_block: start });
    for (const delta of deltas) send('content_block_delta', { index, delta });
    send('content_block_stop', { index });
  });
  send('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null }, usage });
  send('message_stop', {});
  response.end();
}

function blocksOf(step: Step): Block[] {
  const blocks: Block[] = [];
  if (step.thinking !== undefined) {
    // The signature proves nothing here; it has to be there for the agent to send the block back.
    const signature = Buffer.from('scripted').toString('base64');
    blocks.push({
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking: step.thinking },
        { type: 'signature_delta', signature },
      ],
      whole: { type: 'thinking', thinking: step.thinking, signature },
    });
  }
  if (step.text !== undefined) {
    blocks.push({
      start: { type: 'text', text: '' },
      deltas: [{ type: 'text_delta', text: step.text }],
      whole: { type: 'text', text: step.text },
    });
  }
  for (const { name, input } of step.tools ?? []) {
    const id = makeId('toolu_01');
    blocks.push({
      start: { type: 'tool_use', id, name, input: {} },
      deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }],
      whole: { type: 'tool_use', id, name, input },
    });
  }
  return blocks;
}

function usageOf(tokens: TokenCounts): object {
  return {
    input_tokens: tokens.input,
    cache_creation_input_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
    cache_read_input_tokens: tokens.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: tokens.cacheWrite5m, ephemeral_1h_input_tokens: tokens.cacheWrite1h },
    output_tokens: tokens.output,
    service_tier: 'standard',
  };
}

function makeId(prefix: string): string {
  return `${prefix}${randomBytes(11).toString('hex')}`;
}
