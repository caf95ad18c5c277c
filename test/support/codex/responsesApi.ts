import { sendEvents, type ModelProtocol, type ScriptedStep, type ScriptedTool } from '../modelApi.ts';

/** In seconds, from now on. */
const resetIn = 7200;

export const limitResetMs = resetIn * 1000;

function limitHeaders(usedPercent: number): Record<string, string> {
  return {
    'x-codex-primary-used-percent': String(usedPercent),
    'x-codex-primary-window-minutes': '300',
    'x-codex-primary-reset-at': String(Math.floor(Date.now() / 1000) + resetIn),
  };
}

/** OpenAI's Responses API, as far as Codex uses it. A tool `apply_patch` with `{patch}` becomes the freeform tool that Codex has for it. */
export const responsesApi: ModelProtocol = {
  kindOf: (path) => (path.endsWith('/responses') ? 'main' : null),
  answer(response, step, { number }) {
    if (step.refusal) {
      const resets_at = Math.floor(Date.now() / 1000) + resetIn;
      response.writeHead(429, { 'content-type': 'application/json', ...limitHeaders(100) }).end(
        JSON.stringify({
          error: {
            type: 'usage_limit_reached',
            message: 'The usage limit has been reached',
            plan_type: 'plus',
            resets_at,
            resets_in_seconds: resetIn,
          },
        }),
      );
      return;
    }
    for (const [name, value] of Object.entries(limitHeaders(step.usedPercent ?? 42))) response.setHeader(name, value);
    const id = `resp_${number}`;
    const items = [
      ...(step.text === undefined ? [] : [message(`msg_${number}`, step.text)]),
      ...(step.tools ?? []).map((tool, at) => call(tool, `${number}_${at}`)),
    ];
    const event = (type: string, data: object): readonly [string, object] => [type, { type, ...data }];
    sendEvents(response, [
      event('response.created', { response: { id, status: 'in_progress', output: [] } }),
      ...items.flatMap((item, output_index) => [
        event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress' } }),
        event('response.output_item.done', { output_index, item: { ...item, status: 'completed' } }),
      ]),
      event('response.completed', { response: { id, status: 'completed', output: items, usage: usageOf(step) } }),
    ]);
  },
  side: () => undefined,
};

/** Cached tokens are a part of the input. */
function usageOf({ tokens = { input: 1000, cacheRead: 0, output: 50 } }: ScriptedStep) {
  const input = tokens.input + tokens.cacheRead;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: tokens.cacheRead },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + tokens.output,
  };
}

function message(id: string, text: string) {
  return { id, type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] };
}

function call({ name, input }: ScriptedTool, id: string) {
  const common = { call_id: `call_${id}`, name };
  return name === 'apply_patch'
    ? { id: `ctc_${id}`, type: 'custom_tool_call', ...common, input: input['patch'] }
    : { id: `fc_${id}`, type: 'function_call', ...common, arguments: JSON.stringify(input) };
}
