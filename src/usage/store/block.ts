import * as v from 'valibot';
import type { Progress } from '../progress.ts';
import { type Reading, readingSchema } from '../../protocol/usage.ts';
import { responseLayout, ResponseTable } from '../responseTable.ts';
import { Words } from '../words.ts';
import { bytesOf, padded, viewColumns, writeColumns } from './columns.ts';
import { checksumOf } from './hash.ts';
import { columnsOfProgress, progressLayout, progressOfColumns } from './progressColumns.ts';

// The store is a row of blocks. Each stands for itself: responses, how far the transcripts that told of them are read, and the readings
// told on the way. They are in one block because one without the other would be wrong: progress without responses is use not counted.

const blockMagic = 0x31424c53;
const blockHead = 16;
const payloadHead = 32;

/** The rules that transcripts are read by. A new number makes every transcript that is still there be read again. */
export const rulesVersion = 1;

interface BlockContent {
  readonly table: ResponseTable;
  /** the responses of the table that are meant */
  readonly rows: readonly number[];
  readonly progress: readonly (readonly [number, Progress])[];
  readonly readings: readonly Reading[];
  /** part of one writing: its responses are different from those of the other parts */
  readonly isBase: boolean;
}

export interface ReadBlock {
  readonly rules: number;
  readonly isBase: boolean;
  readonly table: ResponseTable;
  readonly progress: readonly (readonly [number, Progress])[];
  readonly readings: readonly Reading[];
}

const textsSchema = v.object({
  words: v.array(v.string()),
  sources: v.array(v.object({ agent: v.string(), account: v.string() })),
  states: v.array(v.string()),
  readings: v.array(v.unknown()),
});

/** The bytes of a block, a multiple of eight. */
export function encodeBlock({ table, rows, progress, readings, isBase }: BlockContent): Uint8Array {
  const local = localWords(table, rows);
  const files = columnsOfProgress(progress);
  const links = rows.flatMap((row, index) => (table.moreLinks.get(row) ?? []).map((link) => [index, link] as const));
  const texts = Buffer.from(
    JSON.stringify({ words: local.words, sources: table.sources, states: files.states, readings }),
  );
  const payload =
    payloadHead +
    bytesOf(responseLayout, rows.length) +
    16 * links.length +
    bytesOf(progressLayout, progress.length) +
    padded(texts.length);
  const buffer = new ArrayBuffer(blockHead + payload);
  const head = new Uint32Array(buffer, 0, (blockHead + payloadHead) / 4);
  head.set([rulesVersion, isBase ? 1 : 0, rows.length, links.length, progress.length, texts.length], blockHead / 4);
  let at = writeColumns(responseLayout, table.columns, rows, buffer, blockHead + payloadHead);
  renumber(buffer, rows.length, local.numbers);
  new Float64Array(buffer, at, 2 * links.length).set(links.flat());
  at += 16 * links.length;
  const all = progress.map((_, index) => index);
  at = writeColumns(progressLayout, files.columns, all, buffer, at);
  new Uint8Array(buffer, at, texts.length).set(texts);
  const [a, b] = checksumOf(new Uint32Array(buffer, blockHead));
  head.set([blockMagic, payload, a, b]);
  return new Uint8Array(buffer);
}

/** Length of the block that begins here, as its head says; null if none begins here. */
export function blockLength(buffer: ArrayBuffer, offset: number): number | null {
  if (offset + blockHead > buffer.byteLength) return null;
  const [magic, payload = 0] = new Uint32Array(buffer, offset, 2);
  return magic === blockMagic && payload >= payloadHead && payload % 8 === 0 ? blockHead + payload : null;
}

/** Reads a block that is wholly in the buffer; null if it is damaged. The table's numbers stay in the buffer. */
export function decodeBlock(buffer: ArrayBuffer, offset: number, length: number): ReadBlock | null {
  const [, , a, b] = new Uint32Array(buffer, offset, 4);
  const payload = new Uint32Array(buffer, offset + blockHead, (length - blockHead) / 4);
  const [wantedA, wantedB] = checksumOf(payload);
  if (a !== wantedA || b !== wantedB) return null;
  try {
    return contentOf(buffer, offset + blockHead, offset + length, payload);
  } catch (error) {
    // What a checksum cannot see: a defect of whoever wrote it.
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof v.ValiError) return null;
    throw error;
  }
}

function contentOf(buffer: ArrayBuffer, start: number, end: number, head: Uint32Array): ReadBlock | null {
  const [rules = 0, base = 0, rowCount = 0, linkCount = 0, fileCount = 0, textBytes = 0] = head;
  let at = start + payloadHead;
  const rest = bytesOf(responseLayout, rowCount) + 16 * linkCount + bytesOf(progressLayout, fileCount);
  if (at + rest + padded(textBytes) !== end) return null;
  const columns = viewColumns(responseLayout, buffer, at, rowCount);
  at += bytesOf(responseLayout, rowCount);
  const links = new Float64Array(buffer, at, 2 * linkCount);
  at += 16 * linkCount;
  const files = viewColumns(progressLayout, buffer, at, fileCount);
  at += bytesOf(progressLayout, fileCount);
  const texts = v.parse(textsSchema, JSON.parse(Buffer.from(buffer, at, textBytes).toString('utf8')));
  const words = new Words();
  for (const word of texts.words) words.numberOf(word);
  const table = new ResponseTable(columns, words, texts.sources);
  table.length = rowCount;
  if (!isPossible(table)) return null;
  for (let index = 0; index < links.length; index += 2) {
    const [row = 0, link = 0] = links.subarray(index, index + 2);
    table.moreLinks.set(row, [...(table.moreLinks.get(row) ?? []), link]);
  }
  const readings = texts.readings.flatMap((each) => {
    const reading = v.safeParse(readingSchema, each);
    return reading.success ? [reading.output] : [];
  });
  return { rules, isBase: base === 1, table, progress: [...progressOfColumns(files, texts.states)], readings };
}

/** What a Date can hold, epoch milliseconds. */
const latest = 8.64e15;

/** Could these be responses? A time that is none, or a cost below nothing, would spoil every sum it is in. */
function isPossible({ columns: { at, cost, source }, length, sources }: ResponseTable): boolean {
  for (let row = 0; row < length; row += 1) {
    const when = at[row] ?? NaN;
    const usd = cost[row] ?? NaN;
    // NaN is a cost that the agent does not tell.
    if (!(Math.abs(when) <= latest) || usd < 0 || usd === Infinity) return false;
    if ((source[row] ?? 0) >= sources.length) return false;
  }
  return true;
}

/** The words these rows use, numbered anew. */
function localWords(table: ResponseTable, rows: readonly number[]) {
  const numbers = new Map<number, number>([[0, 0]]);
  const words: string[] = [];
  const { session, cwd, model } = table.columns;
  for (const column of [session, cwd, model]) {
    for (const row of rows) {
      const number = column[row] ?? 0;
      if (!numbers.has(number)) numbers.set(number, words.push(table.words.text(number) ?? ''));
    }
  }
  return { numbers, words };
}

function renumber(buffer: ArrayBuffer, rows: number, numbers: ReadonlyMap<number, number>): void {
  const { session, cwd, model } = viewColumns(responseLayout, buffer, blockHead + payloadHead, rows);
  for (const column of [session, cwd, model]) {
    for (let row = 0; row < rows; row += 1) column[row] = numbers.get(column[row] ?? 0) ?? 0;
  }
}
