import type { Chunk, ChunkStatus, Plan } from './plan.ts';
import {
  commandIn,
  parseFieldLine,
  tokensIn,
  withoutTrailingBlanks,
  type FieldLine,
  type FieldName,
} from './planFields.ts';

/*
 * The plan file:
 *
 *   # Plan: Title
 *
 *   - [ ] Chunk
 *     - Done when: …
 *     - Verify: `npm test`
 *     - Budget: 40K tokens
 *
 * A Markdown checklist, because GitHub, editors and agents know what that is. Only `[ ]` and `[x]` are boxes to GitHub, so all other
 * states are a line, `Status: begun`; `[~]` and `[-]` are understood where somebody has written them. Fields are list items, because
 * bare indented lines run together into one paragraph when rendered; they are read either way.
 *
 * Whatever else is in the file is nobody's business here, and stays: parsing only finds places, and edits (planEdits.ts) are made there.
 */
export interface PlacedLine {
  readonly text: string;
  /** where it begins in the file, where it ends without its line break, and with it; in UTF-16 units */
  readonly at: number;
  readonly end: number;
  readonly next: number;
}

export interface PlacedField extends FieldLine {
  readonly line: number;
}

export interface PlacedChunk {
  readonly chunk: Chunk;
  readonly line: number;
  /** the line after its last one */
  readonly endLine: number;
  /** where the character inside the box is */
  readonly boxAt: number;
  /** how far its own lines are indented, in columns */
  readonly contentColumn: number;
  /** the first of each name */
  readonly fields: ReadonlyMap<FieldName, PlacedField>;
}

export interface PlacedPlan {
  readonly plan: Plan;
  readonly chunks: readonly PlacedChunk[];
  /** the lines it takes: from its heading up to, without, this one */
  readonly line: number;
  readonly endLine: number;
}

export function splitLines(text: string): readonly PlacedLine[] {
  const lines: PlacedLine[] = [];
  // A byte order mark belongs to no line.
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  for (const { 0: lineBreak, index } of text.matchAll(/\r\n|\n|\r/g)) {
    lines.push({ text: text.slice(at, index), at, end: index, next: index + lineBreak.length });
    at = index + lineBreak.length;
  }
  if (at < text.length) lines.push({ text: text.slice(at), at, end: text.length, next: text.length });
  return lines;
}

/** Of leading white space, with tab stops at every fourth column. */
function columnsOf(text: string): number {
  let column = 0;
  for (const character of text) {
    if (character === '\t') column += 4 - (column % 4);
    else if (character === ' ') column++;
    else break;
  }
  return column;
}

/** Which lines are in fenced code or in a comment: examples of plans, mostly. */
function quotedLines(lines: readonly PlacedLine[]): readonly boolean[] {
  let fence: string | null = null;
  let isComment = false;
  return lines.map(({ text }) => {
    if (isComment) {
      isComment = !text.includes('-->');
      return true;
    }
    const [, run = '', rest = ''] = /^[ \t]*(`{3,}|~{3,})(.*)$/.exec(text) ?? [];
    if (fence !== null) {
      if (run.startsWith(fence) && rest.trim() === '') fence = null;
      return true;
    }
    if (run !== '' && !(run.startsWith('`') && rest.includes('`'))) {
      fence = run;
      return true;
    }
    isComment = /^[ \t]*<!--(?!.*-->)/.test(text);
    return isComment;
  });
}

const headingPattern = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const planHeading = /^(?:\*\*)?plan(?:\*\*)?(?:[ \t]*:(?:\*\*)?[ \t]*(.*)|)$/i;
const itemPattern = /^( {0,3})([-*+]|\d{1,9}[.)])([ \t]+)\[(.)\](?:[ \t]+(.*))?$/u;

/** "Title ##" is "Title". */
function withoutClosing(title: string): string {
  let end = title.length;
  while (title[end - 1] === '#') end--;
  const isClosing = end < title.length && (end === 0 || title[end - 1] === ' ' || title[end - 1] === '\t');
  return isClosing ? withoutTrailingBlanks(title.slice(0, end)) : title;
}

interface Heading {
  readonly line: number;
  readonly level: number;
  readonly text: string;
}

/** All plans of a file, in its order. A file with a checklist but without a heading `Plan: …` is one plan. */
export function parsePlans(text: string): readonly PlacedPlan[] {
  const lines = splitLines(text);
  const quoted = quotedLines(lines);
  const headings = lines.flatMap((placed, line): Heading[] => {
    const match = quoted[line] ? null : headingPattern.exec(withoutTrailingBlanks(placed.text));
    return match ? [{ line, level: match[1]?.length ?? 1, text: withoutClosing(match[2] ?? '') }] : [];
  });
  const plans = headings.flatMap((heading, index): PlacedPlan[] => {
    const match = planHeading.exec(heading.text);
    if (!match) return [];
    let next = index + 1;
    while (next < headings.length && !endsPlan(heading, headings[next])) next++;
    const after = headings[next];
    return [placePlan(lines, quoted, (match[1] ?? '').trim(), heading.line, after?.line ?? lines.length)];
  });
  if (plans.length > 0) return plans;
  const whole = placePlan(lines, quoted, headings[0]?.text ?? '', 0, lines.length);
  return whole.chunks.length > 0 ? [whole] : [];
}

function endsPlan({ level }: Heading, other: Heading | undefined): boolean {
  return other !== undefined && (other.level <= level || planHeading.test(other.text));
}

/** The plan that is worked on: the last one in the file. */
export function currentPlan(text: string): PlacedPlan | null {
  return parsePlans(text).at(-1) ?? null;
}

function placePlan(
  lines: readonly PlacedLine[],
  quoted: readonly boolean[],
  title: string,
  line: number,
  endLine: number,
): PlacedPlan {
  const chunks: PlacedChunk[] = [];
  for (let at = line; at < endLine;) {
    const chunk = quoted[at] ? null : placeChunk(lines, quoted, at, endLine, chunks.length + 1);
    if (chunk) chunks.push(chunk);
    at = chunk?.endLine ?? at + 1;
  }
  return { plan: { title, chunks: chunks.map(({ chunk }) => chunk) }, chunks, line, endLine };
}

function placeChunk(
  lines: readonly PlacedLine[],
  quoted: readonly boolean[],
  line: number,
  planEnd: number,
  number: number,
): PlacedChunk | null {
  const placed = lines[line];
  const match = placed && itemPattern.exec(withoutTrailingBlanks(placed.text));
  if (!match) return null;
  const [, indent = '', marker = '', space = '', box = ' ', title = ''] = match;
  const contentColumn = indent.length + marker.length + 1;
  const endLine = endOfChunk(lines, line, planEnd, contentColumn);
  const fields = new Map<FieldName, PlacedField>();
  // What is indented further than the chunk's first own item is about a part of it, not about the chunk.
  let deepest = Infinity;
  for (let at = line + 1; at < endLine; at++) {
    const text = lines[at]?.text ?? '';
    if (quoted[at] || text.trim() === '' || columnsOf(text) > deepest) continue;
    const field = parseFieldLine(text);
    if (field || /^[ \t]*(?:[-*+]|\d+[.)])[ \t]/.test(text)) deepest = columnsOf(text);
    if (field && !fields.has(field.name)) fields.set(field.name, { ...field, line: at });
  }
  const boxAt = placed.at + indent.length + marker.length + space.length + 1;
  const text = (name: FieldName): string | null => valueOf(lines, fields.get(name), endLine);
  const chunk: Chunk = {
    number,
    title,
    status: statusOf(box, fields.get('Status')?.value ?? ''),
    doneWhen: text('Done when'),
    verify: commandIn(fields.get('Verify')?.value ?? ''),
    budgetTokens: tokensIn(fields.get('Budget')?.value ?? ''),
    costTokens: tokensIn(fields.get('Cost')?.value ?? ''),
    checkpoint: commandIn(fields.get('Checkpoint')?.value ?? ''),
  };
  return { chunk, line, endLine, boxAt, contentColumn, fields };
}

/** A chunk reaches to the next line that is neither empty nor indented below it; empty lines at its end are not its own. */
function endOfChunk(lines: readonly PlacedLine[], line: number, planEnd: number, contentColumn: number): number {
  let end = line + 1;
  for (let at = end; at < planEnd; at++) {
    const text = lines[at]?.text ?? '';
    if (text.trim() === '') continue;
    const isSibling = columnsOf(text) < contentColumn && itemPattern.test(text);
    if (columnsOf(text) === 0 || isSibling || headingPattern.test(text)) break;
    end = at + 1;
  }
  return end;
}

/** The line after a field's last one: what is indented further goes on with it. */
export function endOfField(lines: readonly PlacedLine[], field: PlacedField, chunkEnd: number): number {
  let end = field.line + 1;
  while (end < chunkEnd && columnsOf(lines[end]?.text ?? '') > columnsOf(field.indent)) end++;
  return end;
}

function valueOf(lines: readonly PlacedLine[], field: PlacedField | undefined, chunkEnd: number): string | null {
  if (!field) return null;
  const more = lines.slice(field.line + 1, endOfField(lines, field, chunkEnd)).map(({ text }) => text.trim());
  return [field.value, ...more].filter((part) => part !== '').join('\n') || null;
}

const statusWords: Readonly<Record<string, ChunkStatus>> = {
  begun: 'begun',
  started: 'begun',
  'in progress': 'begun',
  red: 'red',
  failed: 'red',
  dropped: 'dropped',
};

/** Whether a chunk is done the box alone says: it is what a person clicks, and the line is not clicked along. */
function statusOf(box: string, value: string): ChunkStatus {
  if (/^[xX✓✔]$/u.test(box)) return 'done';
  const written = value.toLowerCase();
  const word = Object.keys(statusWords).find((known) => written === known || written.startsWith(`${known} `));
  if (word !== undefined) return statusWords[word] ?? 'open';
  if (box === '~' || box === '/') return 'begun';
  return box === '-' ? 'dropped' : 'open';
}
