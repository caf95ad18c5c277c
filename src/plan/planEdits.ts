import { said, type Wording } from '../protocol/sentence.ts';
import { fail, succeed, type Result } from '../protocol/result.ts';
import type { ChunkStatus, NewChunk } from './plan.ts';
import { codeText, oneLine, tokensText, type FieldName } from './planFields.ts';
import { currentPlan, endOfField, splitLines, type PlacedChunk, type PlacedLine, type PlacedPlan } from './planText.ts';

export interface EditFailure extends Wording {
  readonly reason: 'no-plan' | 'no-such-chunk' | 'changed-meanwhile';
}

/** `remove` characters at `at` give way to `insert`. All other characters of the file stay as they are. */
interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

function spliced(text: string, splices: readonly Splice[]): string {
  return [...splices]
    .sort((a, b) => b.at - a.at)
    .reduce((result, { at, remove, insert }) => result.slice(0, at) + insert + result.slice(at + remove), text);
}

function lineBreakOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

/** Puts whole lines before line `line`, also behind a last line that has no line break; what had none at its end gets none. */
function insertLines(text: string, lines: readonly PlacedLine[], line: number, added: readonly string[]): Splice {
  const lineBreak = lineBreakOf(text);
  const following = lines[line];
  if (following) return { at: following.at, remove: 0, insert: added.map((one) => one + lineBreak).join('') };
  const last = lines.at(-1);
  const isEnded = !last || last.next > last.end;
  const insert = added.join(lineBreak);
  return { at: text.length, remove: 0, insert: isEnded ? insert + lineBreak : lineBreak + insert };
}

const noPlan = {
  reason: 'no-plan',
  ...said('There is no plan in the file: no heading "# Plan: …" and no checklist.'),
} as const;

/** How a plan's number of chunks and a number that is not among them are told. */
export function noSuchChunk(many: number, number: number) {
  return many === 1
    ? said('The plan has 1 chunk; there is no {0}.', number)
    : said('The plan has {0} chunks; there is no {1}.', many, number);
}

function find(text: string, number: number): Result<PlacedChunk, EditFailure> {
  const placed = currentPlan(text);
  if (!placed) return fail(noPlan);
  const chunk = placed.chunks[number - 1];
  if (chunk) return succeed(chunk);
  return fail({ reason: 'no-such-chunk', ...noSuchChunk(placed.chunks.length, number) });
}

function fieldSplice(text: string, placed: PlacedChunk, name: FieldName, value: string): Splice {
  const lines = splitLines(text);
  const field = placed.fields.get(name);
  if (field) {
    const at = (lines[field.line]?.at ?? 0) + field.valueAt;
    const gap = text[at - 1] === ':' ? ' ' : '';
    return { at, remove: field.value.length, insert: gap + value };
  }
  const last = [...placed.fields.values()].sort((a, b) => a.line - b.line).at(-1);
  const prefix = last ? last.indent + last.bullet : `${' '.repeat(placed.contentColumn)}- `;
  const line = last ? endOfField(lines, last, placed.endLine) : endOfTitle(lines, placed);
  return insertLines(text, lines, line, [`${prefix}${name}: ${value}`]);
}

/** A title may go on in the next line. */
function endOfTitle(lines: readonly PlacedLine[], { line, endLine }: PlacedChunk): number {
  let end = line + 1;
  while (end < endLine && /^[ \t]+(?![-*+][ \t]|\d+[.)][ \t]|[`~#<])\S/.test(lines[end]?.text ?? '')) end++;
  return end;
}

/** Sets what a field of a chunk says. `Verify` takes the bare command. */
export function setField(text: string, number: number, name: FieldName, value: string): Result<string, EditFailure> {
  const found = find(text, number);
  if (!found.ok) return found;
  const line = oneLine(value);
  return succeed(spliced(text, [fieldSplice(text, found.value, name, name === 'Verify' ? codeText(line) : line)]));
}

/** Ticks or empties the box, and keeps the `Status` line true; adds one only for what a box cannot say. */
export function setStatus(text: string, number: number, status: ChunkStatus): Result<string, EditFailure> {
  const found = find(text, number);
  if (!found.ok) return found;
  const placed = found.value;
  if (placed.chunk.status === status) return succeed(text);
  const box: Splice = {
    at: placed.boxAt,
    remove: boxLength(text, placed.boxAt),
    insert: status === 'done' ? 'x' : ' ',
  };
  const isBoxEnough = !placed.fields.has('Status') && (status === 'open' || status === 'done');
  return succeed(spliced(text, isBoxEnough ? [box] : [box, fieldSplice(text, placed, 'Status', status)]));
}

/** What stands in a box may be a character of two UTF-16 units. */
function boxLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function chunkLines({ title, doneWhen, verify, budgetTokens }: NewChunk): string[] {
  const field = (name: FieldName, value: string | undefined): string[] =>
    value === undefined || oneLine(value) === '' ? [] : [`  - ${name}: ${value}`];
  return [
    `- [ ] ${oneLine(title)}`,
    ...field('Done when', doneWhen && oneLine(doneWhen)),
    ...field('Verify', verify && codeText(oneLine(verify))),
    ...field('Budget', budgetTokens === undefined ? undefined : tokensText(budgetTokens)),
  ];
}

/** Adds a chunk behind the current plan's last one. */
export function addChunk(text: string, chunk: NewChunk): Result<string, EditFailure> {
  const placed = currentPlan(text);
  if (!placed) return fail(noPlan);
  const lines = splitLines(text);
  const last = placed.chunks.at(-1);
  const added = chunkLines(chunk);
  return succeed(
    spliced(text, [last ? insertLines(text, lines, last.endLine, added) : insertFirst(text, lines, placed, added)]),
  );
}

/** Behind the heading, with an empty line between. */
function insertFirst(
  text: string,
  lines: readonly PlacedLine[],
  { line }: PlacedPlan,
  added: readonly string[],
): Splice {
  return insertLines(text, lines, line + 1, ['', ...added]);
}

/** Adds a plan at the end, where it becomes the current one. */
export function addPlan(text: string, title: string, chunks: readonly NewChunk[]): string {
  const lines = splitLines(text);
  const isBlank = (lines.at(-1)?.text.trim() ?? '') === '';
  const added = [
    ...(isBlank ? [] : ['']),
    `# Plan: ${oneLine(title)}`,
    ...(chunks.length > 0 ? ['', ...chunks.flatMap(chunkLines)] : []),
  ];
  const { at, insert } = insertLines(text, lines, lines.length, added);
  const lineBreak = lineBreakOf(text);
  return text.slice(0, at) + insert + (insert.endsWith(lineBreak) ? '' : lineBreak);
}
