import type { InterruptionReason } from '../../protocol/interruption.ts';
import { isRecord, noFields, textOf, type JsonRecord } from '../fields.ts';
import type { WorkItem } from '../workItem.ts';

/**
 * The error of a turn that was not completed. It does not tell when a limit resets: that stands in the count of tokens before it. Used-up
 * credit has the same code as a used-up window, and another sentence.
 */
export function codexFailure(error: JsonRecord, at: number): WorkItem {
  const message = textOf(error['message']) ?? 'The turn was not completed.';
  return { kind: 'failure', at, reason: reasonOf(error['codex_error_info'], message), message, resetsAt: null };
}

function reasonOf(info: unknown, message: string): InterruptionReason {
  const code = typeof info === 'string' ? info : '';
  if (code === 'usage_limit_exceeded') return /\bquota\b|\bbilling\b/i.test(message) ? 'credit' : 'usage-limit';
  if (code === 'server_overloaded') return 'overloaded';
  const [details] = isRecord(info) ? Object.values(info) : [];
  const status = (isRecord(details) ? details : noFields)['http_status_code'];
  if (status === 429 || /\brate limit\b|\b429\b/i.test(message)) return 'rate-limit';
  return status === 503 || status === 529 ? 'overloaded' : 'api-error';
}
