import type { PromptFeatures } from '../../protocol/turn.ts';
import { nothingTold, type Told } from '../agent.ts';
import { instant, isRecord, type JsonRecord, textOf } from '../fields.ts';
import { withoutPasteMarks } from './pastedContent.ts';
import { promptFeatures, withPlanMode } from '../promptFeatures.ts';

/**
 * What rows of prompts have and those of tools' results, which are long and many, have not: `turnOrigin` since 2.1, before that only the
 * text as it follows the role. How a marker begins decides what the search costs (transcripts.ts); these two cost a tenth of a cold reading.
 */
export const promptMarkers = ['Origin":"', '{"role":"user","content":"'];

/** A prompt, told by its features alone. Rows that Claude Code writes in the person's name begin no turn of theirs. */
export function promptTold(json: JsonRecord, sessionKey: string): Told {
  if (json['isMeta'] === true || json['isSidechain'] === true || json['isCompactSummary'] === true) return nothingTold;
  // Results of tools, which carry a text too where they were shortened.
  if ('toolUseResult' in json || 'sourceToolAssistantUUID' in json) return nothingTold;
  const message = json['message'];
  const told = isRecord(message) ? promptText(message['content']) : null;
  const text = told === null ? null : withoutPasteMarks(told);
  const at = instant(textOf(json['timestamp']));
  if (text === null || at === null || isWrittenByClient(text)) return nothingTold;
  const sessionId = textOf(json['sessionId']) ?? sessionKey.slice(sessionKey.lastIndexOf('/') + 1);
  const features = text.trimStart().startsWith('<command-')
    ? commandFeatures
    : withPlanMode(promptFeatures(text), json['permissionMode'] === 'plan');
  return [{ kind: 'prompt', prompt: { agent: 'claude', sessionId, at, cwd: textOf(json['cwd']), features } }];
}

/** A command is told as `<command-name>/review</command-name>…`; one that the client does by itself is followed by no response. */
const commandFeatures: PromptFeatures = { words: 1, files: 0, traits: ['command'] };

/** A text, or the text blocks beside images; null where a tool's result is among them. */
function promptText(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const blocks: readonly unknown[] = content;
  const texts: string[] = [];
  for (const block of blocks) {
    if (!isRecord(block) || block['type'] === 'tool_result') return null;
    if (block['type'] === 'text' && typeof block['text'] === 'string') texts.push(block['text']);
  }
  return texts.length === 0 ? null : texts.join('\n');
}

function isWrittenByClient(text: string): boolean {
  return /^\s*(?:<(?:local-command-|bash-|task-|user-memory-|system-reminder)|\[Request interrupted|This session is being continued from a previous conversation|Caveat: )/.test(
    text,
  );
}

const editingTools = new Set(['Edit', 'Write', 'MultiEdit', 'NotebookEdit']);

/** Files that a message's tool calls change, as they name them. */
export function editedFiles(message: unknown): readonly string[] {
  if (!isRecord(message) || !Array.isArray(message['content'])) return [];
  const blocks: readonly unknown[] = message['content'];
  const files: string[] = [];
  for (const block of blocks) {
    if (!isRecord(block) || block['type'] !== 'tool_use' || !editingTools.has(textOf(block['name']) ?? '')) continue;
    const input = block['input'];
    const file = isRecord(input) ? (textOf(input['file_path']) ?? textOf(input['notebook_path'])) : null;
    if (file !== null) files.push(file);
  }
  return files;
}
