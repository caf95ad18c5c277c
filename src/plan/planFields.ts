/** What a chunk's lines can say of it, in the words of the plan file. */
export const fieldNames = ['Done when', 'Verify', 'Budget', 'Status', 'Cost', 'Checkpoint'] as const;
export type FieldName = (typeof fieldNames)[number];

const fieldPattern = new RegExp(
  String.raw`^([ \t]+)((?:[-*+][ \t]+)?)(?:\*\*|__)?(${fieldNames.join('|')})(?:\*\*|__)?[ \t]*:(?:\*\*|__)?[ \t]*(.*)$`,
  'di',
);

export interface FieldLine {
  readonly indent: string;
  /** the list marker with its space; "" where there is none */
  readonly bullet: string;
  readonly name: FieldName;
  readonly value: string;
  /** where the value begins in the line, in characters */
  readonly valueAt: number;
}

/** A loop, because a pattern for blanks at the end takes quadratic time where there are many in the middle. */
export function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end--;
  return line.slice(0, end);
}

/** A line such as `  - Verify: npm test`; null for any other. Agents like to print the name bold. */
export function parseFieldLine(line: string): FieldLine | null {
  const match = fieldPattern.exec(withoutTrailingBlanks(line));
  if (!match) return null;
  const [, indent = '', bullet = '', word = '', value = ''] = match;
  const name = fieldNames.find((known) => known.toLowerCase() === word.toLowerCase());
  if (name === undefined) return null;
  return { indent, bullet, name, value, valueAt: match.indices?.[4]?.[0] ?? match[0].length };
}

/** A command as Markdown shows it: in as many backticks as it needs. */
export function codeText(command: string): string {
  const longest = Math.max(0, ...(command.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = command.startsWith('`') || command.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${command}${pad}${fence}`;
}

/** No command is longer, and looking for pairs of backticks takes more than linear time. */
const longestCode = 4000;

/** The command in a value that may stand in backticks, with words around them that are not part of it. */
export function commandIn(value: string): string | null {
  if (value.length > longestCode) return value;
  const match = /(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/.exec(value);
  const inside = match?.[2];
  if (inside === undefined) return value === '' ? null : value;
  const isPadded = /^ .*[^ ].* $/.test(inside);
  return isPadded ? inside.slice(1, -1) : inside;
}

const factors: Readonly<Record<string, number>> = { k: 1e3, m: 1e6 };

/** "40K tokens", "40,000", "~1.5M" → tokens; null where no number is to be found. */
export function tokensIn(value: string): number | null {
  const match = /(\d{1,3}(?:[, _]\d{3})+|\d+)(\.\d+)?[ \t]*([km])?(?![a-z])/i.exec(value.replace(/tokens?\b/gi, ''));
  if (!match) return null;
  const [, whole = '', fraction = '', unit = ''] = match;
  const tokens = Math.round(Number(whole.replace(/\D/g, '') + fraction) * (factors[unit.toLowerCase()] ?? 1));
  return Number.isSafeInteger(tokens) ? tokens : null;
}

/** Three figures at least, so that a cost beside its budget says something. */
export function tokensText(tokens: number): string {
  const short = (value: number): string => String(Number(value.toFixed(1)));
  if (tokens >= 999_950) return `${String(Number((tokens / 1e6).toFixed(2)))}M tokens`;
  return tokens >= 1000 ? `${short(tokens / 1000)}K tokens` : `${String(tokens)} tokens`;
}

/** One line, whatever was typed: a line break would end a heading or an item. Plain blanks stay: a command may mean them. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
