import type { InterruptionReason } from '../../protocol/interruption.ts';
import { type JsonRecord, isRecord, noFields, textOf } from '../fields.ts';
import type { WorkItem } from '../workItem.ts';
import { parseLimitText } from './limitText.ts';

/**
 * How a turn broke off. `apiError` and `quotaLimits` are there for a subscription's limits only; refused requests of API keys, transient
 * ones, credit and server errors have the kind of error and the HTTP status alone.
 */
export function failureOf(json: JsonRecord, message: string, at: number): WorkItem {
  const parameters = isRecord(json['apiErrorParams']) ? json['apiErrorParams'] : noFields;
  const limit = [json['quotaLimits'], parameters['rate_limit_info']].find(isRecord) ?? noFields;
  const isLimit = json['apiError'] === 'usage_limit_reached' || limit['status'] === 'rejected';
  const inWords = parseLimitText(message, at);
  if (isLimit || inWords !== null) {
    const seconds = limit['resetsAt'];
    const resetsAt =
      typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : (inWords?.resetsAt ?? null);
    return { kind: 'failure', at, reason: 'usage-limit', message, resetsAt };
  }
  const status = json['apiErrorStatus'];
  const reason = reasonOf(
    textOf(json['error']),
    textOf(json['apiErrorType']),
    typeof status === 'number' ? status : null,
    message,
  );
  return { kind: 'failure', at, reason, message, resetsAt: null };
}

/** A request that failed and is tried again. */
export function apiErrorRetry(json: JsonRecord, at: number): WorkItem {
  const error = isRecord(json['error']) ? json['error'] : noFields;
  const status = typeof error['status'] === 'number' ? error['status'] : null;
  const message = textOf(error['formatted']) ?? textOf(error['message']) ?? 'The request failed.';
  const wait = json['retryInMs'];
  const nextAt = typeof wait === 'number' && Number.isFinite(wait) ? at + Math.round(wait) : null;
  return { kind: 'retry', at, reason: reasonOf(null, null, status, message), message, nextAt };
}

/** From the names that hooks and transcripts give an error, the type the API gave it, and the HTTP status. */
export function reasonOf(
  error: string | null,
  type: string | null,
  status: number | null,
  message: string,
): InterruptionReason {
  if (error === 'billing_error' || /\bcredit balance\b/i.test(message)) return 'credit';
  if (error === 'overloaded' || type === 'overloaded_error' || status === 529) return 'overloaded';
  if (error === 'rate_limit' || type === 'rate_limit_error' || status === 429) return 'rate-limit';
  return 'api-error';
}
