import { colors } from './colors.ts';

/** Columns padded to their widest cell; the last one is left ragged so that nothing is cut. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ');
  return [colors.dim(line(header)), ...rows.map(line)].join('\n');
}
