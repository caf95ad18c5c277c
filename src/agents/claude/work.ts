import { type JsonRecord, instant, isRecord, noFields, textOf } from '../fields.ts';
import { type SessionPlace, type WorkFormat, type WorkItem } from '../workItem.ts';
import { claudeCall } from './calls.ts';
import { apiErrorRetry, failureOf } from './failures.ts';
import { withoutPasteMarks } from './pastedContent.ts';

/** The work in a Claude Code transcript (2.1.330; facts in ARCHITECTURE.md, Recovery). */
export const claudeWork: WorkFormat = {
  placeAtBeginning: false,
  items(json) {
    if (!isRecord(json)) return [];
    const at = instant(textOf(json['timestamp']));
    if (at === null) return [];
    switch (json['type']) {
      case 'user':
        return userItems(json, at);
      case 'assistant':
        return assistantItems(json, at);
      case 'system':
        return systemItems(json, at);
      case 'attachment': {
        const attachment = json['attachment'];
        const isStopped = isRecord(attachment) && attachment['type'] === 'hook_stopped_continuation';
        return isStopped ? [{ kind: 'end', at, by: 'user' }] : [];
      }
      default:
        return [];
    }
  },
  place(json): SessionPlace {
    if (!isRecord(json)) return { sessionId: null, cwd: null };
    return { sessionId: textOf(json['sessionId']), cwd: textOf(json['cwd']) };
  },
};

function contentOf(json: JsonRecord): readonly unknown[] {
  const message = isRecord(json['message']) ? json['message'] : noFields;
  const content = message['content'];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [];
}

/** What Claude Code itself puts into the user's turn. */
const notTyped = /^\s*<(?:local-command-|system-reminder>|bash-(?:std|input))/;
const commandName = /<command-name>\s*([^<]*?)\s*<\/command-name>/;
const commandArguments = /<command-args>([\s\S]*?)<\/command-args>/;

function userItems(json: JsonRecord, at: number): readonly WorkItem[] {
  const items: WorkItem[] = [];
  const texts: string[] = [];
  for (const block of contentOf(json)) {
    if (!isRecord(block)) continue;
    if (block['type'] === 'tool_result') items.push(resultItem(json, block, at));
    else if (block['type'] === 'text' && typeof block['text'] === 'string') texts.push(block['text']);
  }
  const text = withoutPasteMarks(texts.join('\n')).trim();
  if (text.startsWith('[Request interrupted by user')) return [...items, { kind: 'end', at, by: 'user' }];
  if (text === '' || json['isCompactSummary'] === true || notTyped.test(text)) return items;
  const origin = json['turnOrigin'];
  if (origin === 'auto_continuation') return [...items, { kind: 'prompt', at, text, by: 'agent' }];
  if (origin === 'task_notification') return [...items, { kind: 'prompt', at, text, by: 'event' }];
  if (json['isMeta'] === true) return items;
  const command = commandName.exec(text)?.[1];
  if (command !== undefined) {
    const given = commandArguments.exec(text)?.[1]?.trim() ?? '';
    return [...items, { kind: 'prompt', at, text: `${command} ${given}`.trim(), by: 'command' }];
  }
  return [...items, { kind: 'prompt', at, text, by: 'person' }];
}

function resultItem(json: JsonRecord, block: JsonRecord, at: number): WorkItem {
  const told = isRecord(json['toolUseResult']) ? json['toolUseResult'] : noFields;
  const task = isRecord(told['task']) ? told['task'] : noFields;
  const text = resultText(block['content']);
  const number = textOf(task['id']) ?? /^Task #(\S+) created successfully/.exec(text)?.[1] ?? null;
  return {
    kind: 'result',
    at,
    id: textOf(block['tool_use_id']) ?? '',
    outcome: outcomeOf(block, text),
    todoId: number,
  };
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((each: unknown) => (isRecord(each) ? (textOf(each['text']) ?? '') : '')).join('\n');
}

function outcomeOf(block: JsonRecord, text: string): 'done' | 'failed' | 'refused' | 'lost' {
  if (block['is_error'] !== true) return 'done';
  if (text.startsWith('[Tool call interrupted')) return 'lost';
  if (/doesn't want to proceed with this tool use|^(?:Permission|PreToolUse:\w+ hook error)/.test(text))
    return 'refused';
  return 'failed';
}

function assistantItems(json: JsonRecord, at: number): readonly WorkItem[] {
  const message = isRecord(json['message']) ? json['message'] : noFields;
  const content = contentOf(json);
  if (json['isApiErrorMessage'] === true) return [failureOf(json, textIn(content), at)];
  // What the client writes itself to fill a gap ("No response requested.").
  if (message['model'] === '<synthetic>') return [];
  const items: WorkItem[] = [];
  for (const block of content) {
    if (!isRecord(block)) continue;
    if (block['type'] === 'text' && typeof block['text'] === 'string' && block['text'].trim() !== '') {
      items.push({ kind: 'words', at, text: block['text'] });
    } else if (block['type'] === 'tool_use') {
      const input = isRecord(block['input']) ? block['input'] : noFields;
      items.push({
        kind: 'call',
        at,
        id: textOf(block['id']) ?? '',
        ...claudeCall(textOf(block['name']) ?? 'tool', input),
      });
    }
  }
  const reason = message['stop_reason'];
  // Every line of a message has its final reason. Older versions had none in lines of text; a call that follows takes the end back.
  const isEnd = reason === 'end_turn' || reason === 'stop_sequence' || reason === 'refusal';
  if (isEnd || (typeof reason !== 'string' && items.at(-1)?.kind === 'words'))
    items.push({ kind: 'end', at, by: 'agent' });
  return items;
}

function textIn(content: readonly unknown[]): string {
  return content
    .map((block) => (isRecord(block) ? (textOf(block['text']) ?? '') : ''))
    .filter((text) => text !== '')
    .join('\n');
}

function systemItems(json: JsonRecord, at: number): readonly WorkItem[] {
  switch (json['subtype']) {
    case 'api_error':
      return [apiErrorRetry(json, at)];
    case 'compact_boundary': {
      const facts = isRecord(json['compactMetadata']) ? json['compactMetadata'] : noFields;
      return [{ kind: 'compacted', at, isAutomatic: facts['trigger'] === 'auto' }];
    }
    case 'turn_duration':
    case 'stop_hook_summary':
      return [{ kind: 'end', at, by: 'agent' }];
    case 'informational': {
      const text = textOf(json['content']) ?? '';
      if (/\bset to continue automatically\b/i.test(text)) return [{ kind: 'waits', at, willContinue: true }];
      if (/^Automatic continue\b/i.test(text)) return [{ kind: 'waits', at, willContinue: false }];
      return [];
    }
    default:
      return [];
  }
}
