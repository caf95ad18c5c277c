import { colors } from './colors.ts';
import { newTokens, type ScanCounts } from '../protocol/usage.ts';
import { pricesDate } from '../usage/prices.ts';
import type { UnreadTranscript } from '../usage/scanOptions.ts';
import type { Grouping, UsageQuery, UsageReport, UsageSums } from '../usage/report.ts';

const headings: Record<Grouping, string> = {
  day: 'Day',
  model: 'Model',
  session: 'Session',
  project: 'Project',
  agent: 'Agent',
};
const columns = ['Responses', 'Input', 'Output', 'Cache writes', 'New tokens', 'Cache reads', 'Cost'];

/** The usage report for people: one line per group, the total, and what is not known. Cache reads stay apart (ARCHITECTURE.md, Metering). */
export function usageTable(
  { totals, groups }: UsageReport,
  query: UsageQuery,
  scanned: ScanCounts,
  unread: readonly UnreadTranscript[],
): string {
  const notes = scanned.skipped === 0 ? [] : [`Passed over as unreadable: ${number(scanned.skipped)} lines or files.`];
  for (const { agent, path, problem } of unread) notes.push(`Not read, of ${agent}: ${path} (${problem}).`);
  if (totals.responses === 0) {
    const where = scanned.files === 0 ? 'No transcripts of an agent were found' : 'No responses in this span';
    return [`${where} (${number(scanned.files)} files read).`, ...notes].join('\n');
  }
  const rows = [...groups].map(([key, sums]) => [key, ...cells(sums)]);
  const lines = aligned([[headings[query.by], ...columns], ...rows, ['Total', ...cells(totals)]]);
  const [head = '', ...rest] = lines;
  const total = rest.pop() ?? '';
  return [
    colors.dim(head),
    ...rest,
    colors.bold(total),
    '',
    `Days are those of ${new Intl.DateTimeFormat([], { timeZone: query.timeZone }).resolvedOptions().timeZone}. Cost: an estimate at API prices of ${pricesDate}${unpriced(totals)}.`,
    ...notes,
  ].join('\n');
}

function unpriced({ costUnknownTokens }: UsageSums): string {
  return costUnknownTokens === 0
    ? ''
    : `; unknown for ${number(costUnknownTokens)} tokens of models without a known price`;
}

function cells(sums: UsageSums): readonly string[] {
  const { responses, input, output, cacheWrite5m, cacheWrite1h, cacheRead } = sums;
  return [
    ...[responses, input, output, cacheWrite5m + cacheWrite1h, newTokens(sums), cacheRead].map(number),
    cost(sums),
  ];
}

/** A plus where part of it is not known. */
function cost({ costUsd, costUnknownTokens }: UsageSums): string {
  if (costUsd === null) return 'unknown';
  const amount = costUsd > 0 && costUsd < 0.01 ? '<$0.01' : `$${costUsd.toFixed(2)}`;
  return `${amount}${costUnknownTokens > 0 ? '+' : ''}`;
}

/** The first column to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
