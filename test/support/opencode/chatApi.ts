import { sendEvents, type ModelProtocol } from '../modelApi.ts';

/** How long the refusal says to wait. */
export const retryAfterSeconds = 3600;

/** A chat-completions API, as opencode talks to it through its "OpenAI compatible" provider. */
export const chatApi: ModelProtocol = {
  kindOf(path, body) {
    if (!path.endsWith('/chat/completions')) return null;
    const tools = body !== null && typeof body === 'object' && 'tools' in body ? body.tools : [];
    return Array.isArray(tools) && tools.length > 0 ? 'main' : 'side';
  },
  answer(response, step, { number }) {
    if (step.refusal) {
      const headers = { 'content-type': 'application/json', 'retry-after': String(retryAfterSeconds) };
      const error = { message: 'Usage limit reached for 5 hour.', type: 'rate_limit_error', code: '1308' };
      response.writeHead(429, headers).end(JSON.stringify({ error }));
      return;
    }
    const calls = (step.tools ?? []).map(({ name, input }, index) => ({
      index,
      id: `call_${number}_${index}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    }));
    sendEvents(response, chunks(step.text ?? '', calls));
  },
  side: (response) => sendEvents(response, chunks('A title', [])),
  other(response, path) {
    // opencode asks npm for the types of its plugins, and does without them.
    if (!path.startsWith('/npm/')) return false;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    return true;
  },
};

function chunks(text: string, calls: readonly unknown[]): readonly (readonly [null, unknown])[] {
  const chunk = (delta: object, finish_reason: string | null = null): readonly [null, unknown] => [
    null,
    { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] },
  ];
  const usage = { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 };
  return [
    chunk({ role: 'assistant', content: text }),
    ...(calls.length === 0 ? [] : [chunk({ tool_calls: calls })]),
    chunk({}, calls.length === 0 ? 'stop' : 'tool_calls'),
    [null, { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage }],
    [null, '[DONE]'],
  ];
}
