import type { Progress } from '../progress.ts';
import { type Columns, type Layout, newColumns } from './columns.ts';

const progressLayout = {
  /** hash of the transcript's path */
  path: 'f64',
  size: 'f64',
  mtimeMs: 'f64',
  inode: 'f64',
  /** of lines the offset and the print; of a database the last row and its newest change */
  place: 'f64',
  mark: 'f64',
  rows: 'u32',
  bad: 'u32',
  /** number of the parser's state in the block's list, 0 for none */
  state: 'u32',
  kind: 'u8',
  pendingRows: 'u8',
  insideLongLine: 'u8',
} as const satisfies Layout<string>;
export { progressLayout };
export type ProgressColumns = Columns<keyof typeof progressLayout>;

const kinds = ['lines', 'document', 'database'] as const;

/** The progress of transcripts by the hash of their path, as columns, and the parsers' states as JSON. */
export function columnsOfProgress(list: readonly (readonly [number, Progress])[]): {
  readonly columns: ProgressColumns;
  readonly states: readonly string[];
} {
  const columns = newColumns(progressLayout, list.length);
  const states: string[] = [];
  for (const [row, [path, progress]] of list.entries()) {
    columns.path[row] = path;
    columns.size[row] = progress.size;
    columns.mtimeMs[row] = progress.mtimeMs;
    columns.inode[row] = progress.inode;
    columns.rows[row] = progress.rows;
    columns.bad[row] = progress.bad;
    columns.pendingRows[row] = progress.pendingRows;
    columns.kind[row] = kinds.indexOf(progress.kind);
    if (progress.kind === 'lines') {
      columns.place[row] = progress.offset;
      columns.mark[row] = progress.print;
      columns.insideLongLine[row] = progress.insideLongLine ? 1 : 0;
      if (progress.state !== null && progress.state !== undefined)
        columns.state[row] = states.push(JSON.stringify(progress.state));
    }
    if (progress.kind === 'database') {
      columns.place[row] = progress.row;
      columns.mark[row] = progress.changed;
    }
  }
  return { columns, states };
}

/** Hands out what `columnsOfProgress` was given. Entries of a kind that is not known are left out. */
export function* progressOfColumns(
  columns: ProgressColumns,
  states: readonly string[],
): Generator<readonly [number, Progress]> {
  const number = (name: keyof ProgressColumns, row: number) => columns[name][row] ?? 0;
  for (let row = 0; row < columns.path.length; row += 1) {
    const counts = {
      size: number('size', row),
      mtimeMs: number('mtimeMs', row),
      inode: number('inode', row),
      rows: number('rows', row),
      bad: number('bad', row),
      pendingRows: number('pendingRows', row),
    };
    const path = number('path', row);
    const [place, mark] = [number('place', row), number('mark', row)];
    switch (kinds[number('kind', row)]) {
      case 'lines': {
        const json = states[number('state', row) - 1];
        const state: unknown = json === undefined ? null : JSON.parse(json);
        const insideLongLine = number('insideLongLine', row) === 1;
        yield [path, { kind: 'lines', ...counts, offset: place, print: mark, insideLongLine, state }];
        break;
      }
      case 'document':
        yield [path, { kind: 'document', ...counts }];
        break;
      case 'database':
        yield [path, { kind: 'database', ...counts, row: place, changed: mark }];
        break;
      case undefined:
        break;
    }
  }
}
