import type { ServerResponse } from 'node:http';
import { sendEvents, type ModelProtocol } from '../modelApi.ts';

const quotaError = {
  error: {
    code: 429,
    message: 'You exceeded your current quota, please check your plan and billing details.',
    status: 'RESOURCE_EXHAUSTED',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [
          {
            quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
            quotaId: 'GenerateRequestsPerDayPerProjectPerModel',
            quotaValue: '250',
          },
        ],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3600s' },
    ],
  },
};

/** The Gemini API, as far as Gemini CLI uses it. */
export const geminiApi: ModelProtocol = {
  kindOf(path, body) {
    if (!/:(?:streamG|g)enerateContent$/.test(path)) return null;
    const tools = body !== null && typeof body === 'object' && 'tools' in body ? body.tools : [];
    return Array.isArray(tools) && tools.length > 0 ? 'main' : 'side';
  },
  answer(response, step, { path }) {
    if (step.refusal) {
      response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify(quotaError));
      return;
    }
    const parts = [
      ...(step.text === undefined ? [] : [{ text: step.text }]),
      ...(step.tools ?? []).map(({ name, input }) => ({ functionCall: { name, args: input } })),
    ];
    send(response, path, parts);
  },
  side: (response, path) => send(response, path, [{ text: '{"model_choice":"flash","reasoning":"simple"}' }]),
  other(response, path) {
    if (!path.endsWith(':countTokens')) return false;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"totalTokens":1000}');
    return true;
  },
};

function send(response: ServerResponse, path: string, parts: readonly unknown[]): void {
  const body = {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 50, totalTokenCount: 1050 },
    modelVersion: 'scripted',
  };
  if (path.endsWith(':streamGenerateContent')) sendEvents(response, [[null, body]]);
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
