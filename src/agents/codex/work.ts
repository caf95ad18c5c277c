import * as v from 'valibot';
import { instant, isRecord, noFields, textOf, type JsonRecord } from '../fields.ts';
import type { SessionPlace, WorkFormat, WorkItem } from '../workItem.ts';
import { codexCall } from './calls.ts';
import { codexFailure } from './failures.ts';
import { rateLimitsSchema, readingsOf } from './rateLimits.ts';

/** The work in a Codex rollout (0.169). */
export const codexWork: WorkFormat = {
  placeAtBeginning: true,
  items(json) {
    if (!isRecord(json) || !isRecord(json['payload'])) return [];
    const at = instant(textOf(json['timestamp']));
    if (at === null) return [];
    const payload = json['payload'];
    switch (json['type']) {
      case 'response_item':
        return responseItems(payload, at);
      case 'event_msg':
        return eventItems(payload, at);
      case 'compacted':
        return [{ kind: 'compacted', at, isAutomatic: true }];
      default:
        return [];
    }
  },
  place(json): SessionPlace {
    const payload = isRecord(json) && isRecord(json['payload']) ? json['payload'] : noFields;
    const isMeta = isRecord(json) && json['type'] === 'session_meta';
    if (!isMeta) return { sessionId: null, cwd: textOf(payload['cwd']) };
    const isSubagent =
      textOf(payload['parent_thread_id']) !== null || (isRecord(payload['source']) && 'subagent' in payload['source']);
    return { sessionId: textOf(payload['id']), cwd: textOf(payload['cwd']), isSubagent };
  },
};

/** What Codex itself puts into the user's turn: all of it begins with a mark of its own. */
const notTyped =
  /^\s*(?:<(?:environment_context|user_instructions|permissions|turn_aborted|skill|user_shell_command|subagent)|# AGENTS\.md )/;

function responseItems(payload: JsonRecord, at: number): readonly WorkItem[] {
  const id = textOf(payload['call_id']) ?? textOf(payload['id']) ?? '';
  switch (payload['type']) {
    case 'message': {
      const text = messageText(payload['content']);
      if (text.trim() === '') return [];
      if (payload['role'] === 'assistant') return [{ kind: 'words', at, text }];
      return payload['role'] === 'user' && !notTyped.test(text) ? [{ kind: 'prompt', at, text, by: 'person' }] : [];
    }
    case 'function_call':
      return [{ kind: 'call', at, id, ...codexCall(textOf(payload['name']) ?? 'tool', payload['arguments']) }];
    case 'custom_tool_call':
      return [{ kind: 'call', at, id, ...codexCall(textOf(payload['name']) ?? 'tool', payload['input']) }];
    case 'local_shell_call':
      return [{ kind: 'call', at, id, ...codexCall('shell', '') }];
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const output = textOf(payload['output']) ?? '';
      const outcome = output.includes('blocked by PreToolUse hook')
        ? 'refused'
        : /^aborted\b/i.test(output)
          ? 'lost'
          : 'done';
      return [{ kind: 'result', at, id, outcome, todoId: null }];
    }
    default:
      return [];
  }
}

function messageText(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isRecord(part) ? (textOf(part['text']) ?? '') : '')).join('\n');
}

function eventItems(payload: JsonRecord, at: number): readonly WorkItem[] {
  switch (payload['type']) {
    case 'task_complete':
      return isRecord(payload['error']) ? [codexFailure(payload['error'], at)] : [{ kind: 'end', at, by: 'agent' }];
    case 'turn_aborted':
      // `interrupted` is the Esc key; other reasons (a limit on turns, a review's end) are the program's own.
      return [{ kind: 'end', at, by: payload['reason'] === 'interrupted' ? 'user' : 'agent' }];
    case 'token_count': {
      const limits = v.safeParse(rateLimitsSchema, payload['rate_limits']);
      if (!limits.success) return [];
      return readingsOf(limits.output, at).map(({ used, resetsAt }) => ({ kind: 'limit', at, used, resetsAt }));
    }
    default:
      return [];
  }
}
