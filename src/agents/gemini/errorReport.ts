import * as v from 'valibot';
import type { InterruptionReason } from '../../protocol/interruption.ts';
import { parsedJson } from '../fields.ts';
import type { WorkItem } from '../workItem.ts';

/** Requests of a turn itself; of others (a title, a summary) nobody was cut off. */
const reportName = /^gemini-client-error-Turn\.run-.*?(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3}Z)\.json$/;

/** When the error happened that a report of this name tells of; null: it is no report of a turn's error. */
export function errorReportAt(name: string): number | null {
  const [, hour, minute, second, rest] = reportName.exec(name) ?? [];
  if (hour === undefined) return null;
  const at = Date.parse(`${hour}:${minute}:${second}.${rest}`);
  return Number.isNaN(at) ? null : at;
}

const reportSchema = v.object({
  error: v.object({ message: v.string(), stack: v.optional(v.string(), '') }),
  context: v.optional(v.array(v.unknown()), []),
});
const partsSchema = v.object({ parts: v.array(v.unknown()) });
const partSchema = v.object({ text: v.string() });

/**
 * The failure that a report in the temporary folder tells of, if it is of this chat. Gemini CLI (0.61) leaves nothing of a refused request in
 * the chat, and no hook runs; it writes the error and the conversation into a file of its own (seen in runs of `gemini -p`).
 * @param project the chat's folder, `<account>/tmp/<project>`, which the conversation's beginning names
 * @param prompt the last one of the chat
 */
export function reportedFailure(text: string, at: number, project: string, prompt: string): WorkItem | null {
  const report = v.safeParse(reportSchema, parsedJson(text));
  if (!report.success) return null;
  const { error, context } = report.output;
  const texts = context.flatMap(textsOf);
  const isOfProject = texts.some((each) => each.split('\n').some((line) => line.endsWith(`: ${project}`)));
  // Files that a prompt names follow it, in parts of their own.
  const [asked = ''] = prompt.trim().split('\n');
  if (!isOfProject || asked === '' || !texts.some((each) => each.includes(asked))) return null;
  const { message, stack } = error;
  return { kind: 'failure', at, reason: reasonOf(stack, message), message, resetsAt: resetIn(message, at) };
}

function textsOf(message: unknown): readonly string[] {
  const parsed = v.safeParse(partsSchema, message);
  if (!parsed.success) return [];
  return parsed.output.parts.flatMap((part) => {
    const { success, output } = v.safeParse(partSchema, part);
    return success ? [output.text] : [];
  });
}

/** A quota that is "terminal" is not tried again; one that is "retryable" was, ten times. */
function reasonOf(stack: string, message: string): InterruptionReason {
  if (/\bcredits?\b/i.test(message)) return 'credit';
  if (stack.startsWith('TerminalQuotaError')) return 'usage-limit';
  if (stack.startsWith('RetryableQuotaError')) return 'rate-limit';
  return failureReason(message);
}

/** What an error of the service means, by its words. */
export function failureReason(message: string): InterruptionReason {
  if (/\bquota\b|RESOURCE_EXHAUSTED|\b429\b/i.test(message)) return 'usage-limit';
  return /\boverloaded\b|\b503\b/i.test(message) ? 'overloaded' : 'api-error';
}

const unitMs = { h: 3_600_000, m: 60_000, s: 1000 } as const;

/** "Suggested retry after 3600s." · "Your quota will reset after 5h12m30s." · "Please retry in 12.5s" */
function resetIn(message: string, at: number): number | null {
  const [, words = ''] = /\b(?:retry|reset)\s+(?:after|in)\s+((?:\d+(?:\.\d+)?[hms])+)/i.exec(message) ?? [];
  let duration = 0;
  for (const [, amount = '', unit] of words.matchAll(/(\d+(?:\.\d+)?)([hms])/gi)) {
    const key = unit?.toLowerCase();
    if (key === 'h' || key === 'm' || key === 's') duration += Number(amount) * unitMs[key];
  }
  return duration > 0 ? at + duration : null;
}
