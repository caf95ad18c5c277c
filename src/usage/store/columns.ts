// Rows as typed arrays, one per field: a tenth of the memory of objects, and the same bytes in memory and in the file.

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;
type Kind = 'f64' | 'u32' | 'u16' | 'u8';
export type Layout<Name extends string> = Readonly<Record<Name, Kind>>;
export type Columns<Name extends string> = Readonly<Record<Name, Column>>;

const arrays = { f64: Float64Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array } as const;

export function newColumns<Name extends string>(layout: Layout<Name>, capacity: number): Columns<Name> {
  return mapped(layout, (kind) => new arrays[kind](capacity));
}

/** The same rows with room for more. */
export function grownColumns<Name extends string>(
  layout: Layout<Name>,
  columns: Columns<Name>,
  capacity: number,
): Columns<Name> {
  return mapped(layout, (kind, name) => {
    const larger = new arrays[kind](capacity);
    larger.set(columns[name]);
    return larger;
  });
}

/** Every column begins at a multiple of eight, as its numbers demand. */
export function bytesOf<Name extends string>(layout: Layout<Name>, rows: number): number {
  return namesOf(layout).reduce((sum, name) => sum + padded(arrays[layout[name]].BYTES_PER_ELEMENT * rows), 0);
}

/** Writes these rows one column after another; the place after them. */
export function writeColumns<Name extends string>(
  layout: Layout<Name>,
  columns: Columns<Name>,
  rows: readonly number[],
  target: ArrayBuffer,
  offset: number,
): number {
  let at = offset;
  const [first = 0] = rows;
  const isRun = rows.every((row, index) => row === first + index);
  for (const name of namesOf(layout)) {
    const column = columns[name];
    const written = new arrays[layout[name]](target, at, rows.length);
    if (isRun) written.set(column.subarray(first, first + rows.length));
    else for (let index = 0; index < rows.length; index += 1) written[index] = column[rows[index] ?? 0] ?? 0;
    at += padded(written.byteLength);
  }
  return at;
}

/** Rows as they lie in `buffer`, not copied. Throws RangeError if they do not fit. */
export function viewColumns<Name extends string>(
  layout: Layout<Name>,
  buffer: ArrayBuffer,
  offset: number,
  rows: number,
): Columns<Name> {
  let at = offset;
  return mapped(layout, (kind) => {
    const column = new arrays[kind](buffer, at, rows);
    at += padded(column.byteLength);
    return column;
  });
}

export function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** The names of the columns, in the order in which they are written. */
export function namesOf<Name extends string>(layout: Layout<Name>): readonly Name[] {
  return Object.keys(layout).filter((name): name is Name => name in layout);
}

function mapped<Name extends string>(layout: Layout<Name>, make: (kind: Kind, name: Name) => Column): Columns<Name> {
  const columns: Partial<Record<Name, Column>> = {};
  for (const name of namesOf(layout)) columns[name] = make(layout[name], name);
  if (!isWhole(layout, columns)) throw new Error('a column is missing');
  return columns;
}

function isWhole<Name extends string>(
  layout: Layout<Name>,
  columns: Partial<Record<Name, Column>>,
): columns is Record<Name, Column> {
  return namesOf(layout).every((name) => columns[name] !== undefined);
}
