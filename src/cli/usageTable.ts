import { colors } from './colors.ts';
import { newTokens, type ScanCounts } from '../protocol/usage.ts';
import type { Grouping, UsageQuery, UsageReport, UsageSums } from '../usage/report.ts';

const headings: Record<Grouping, string> = {
  day: 'Day',
  model: 'Model',
  session: 'Session',
  project: 'Project',
  agent: 'Agent',
};
const columns = ['Responses', 'Input', 'Output', 'Cache writes', 'New tokens', 'Cache reads'];

/** The usage report for people: one line per group, the total, and what is not known. Cache reads stay apart (ARCHITECTURE.md, Metering). */
export function usageTable({ totals, groups }: UsageReport, query: UsageQuery, scanned: ScanCounts): string {
  const notes = scanned.skipped === 0 ? [] : [`Passed over as unreadable: ${number(scanned.skipped)} lines or files.`];
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
    `Days are those of ${query.timeZone}. Cost: unknown for ${number(totals.costUnknownTokens)} tokens (no prices known).`,
    ...notes,
  ].join('\n');
}

function cells(sums: UsageSums): readonly string[] {
  const { responses, input, output, cacheWrite5m, cacheWrite1h, cacheRead } = sums;
  return [responses, input, output, cacheWrite5m + cacheWrite1h, newTokens(sums), cacheRead].map(number);
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
