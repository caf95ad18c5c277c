import { isRecord, parsedJson, textOf, countOf } from '../fields.ts';

/** A tool's result that stands between two responses, and by how much the context had grown after it. */
export interface ToolResultGrowth {
  readonly model: string;
  readonly text: string;
  readonly growth: number;
}

interface Response {
  readonly id: string;
  readonly model: string;
  readonly context: number;
  readonly output: number;
}

/**
 * From the lines of a transcript: results of tools, as the model saw them, beside the tokens that they took. Of a response only results
 * without images count, and none around which the conversation was compacted.
 */
export function toolResultGrowths(lines: Iterable<string>): readonly ToolResultGrowth[] {
  const found: ToolResultGrowth[] = [];
  let last: Response | null = null;
  let text: string | null = '';
  for (const line of lines) {
    const json = parsedJson(line);
    if (!isRecord(json) || json['isSidechain'] === true || !isRecord(json['message'])) continue;
    const { message } = json;
    if (json['type'] === 'user') {
      const own = resultText(message['content']);
      text = own === null || text === null ? null : text + own;
      continue;
    }
    const response = responseOf(message);
    if (response === null || response.id === last?.id) continue;
    const growth = last === null ? 0 : response.context - last.context - last.output;
    if (last !== null && text !== null && text !== '' && growth > 0 && last.model === response.model)
      found.push({ model: response.model, text, growth });
    last = response;
    text = '';
  }
  return found;
}

function responseOf(message: Readonly<Record<string, unknown>>): Response | null {
  const { usage, id, model } = message;
  if (!isRecord(usage)) return null;
  const counts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens', 'output_tokens'].map(
    (name) => countOf(usage[name]) ?? 0,
  );
  const [input = 0, read = 0, written = 0, output = 0] = counts;
  const context = input + read + written;
  const [known, name] = [textOf(id), textOf(model)];
  return known === null || name === null || context === 0 ? null : { id: known, model: name, context, output };
}

/** null for anything but texts of tools' results: a prompt, an image. */
function resultText(content: unknown): string | null {
  if (!Array.isArray(content)) return null;
  const blocks: readonly unknown[] = content;
  let text = '';
  for (const block of blocks) {
    if (!isRecord(block) || block['type'] !== 'tool_result') return null;
    const inner = block['content'];
    if (typeof inner === 'string') text += inner;
    else if (Array.isArray(inner)) {
      const parts: readonly unknown[] = inner;
      for (const part of parts) {
        if (!isRecord(part) || typeof part['text'] !== 'string') return null;
        text += part['text'];
      }
    }
  }
  return text;
}
