import type { TokenCounts } from '../../src/protocol/usage.ts';

type Tokens = Pick<TokenCounts, 'input' | 'output' | 'cacheWrite5m'>;

/** What the scripted agent says and does, one response each; paths are relative to the repository. */
export type DemoStep =
  | { readonly kind: 'prompt'; readonly text: string }
  | { readonly kind: 'read'; readonly text: string; readonly path: string; readonly tokens: Tokens }
  | {
      readonly kind: 'edit';
      readonly text: string;
      readonly path: string;
      readonly before: string;
      readonly after: string;
      readonly tokens: Tokens;
    }
  | {
      readonly kind: 'write';
      readonly text: string;
      readonly path: string;
      readonly content: string;
      readonly tokens: Tokens;
    }
  /** runs a script of the repository and writes what it prints into a file */
  | {
      readonly kind: 'run';
      readonly text: string;
      readonly path: string;
      readonly into: string;
      readonly tokens: Tokens;
    }
  | { readonly kind: 'end'; readonly text: string; readonly tokens: Tokens };

/**
 * Two prompts: the first ends well, the second with an edit to be sorry about. New tokens add up to about 86,000, so that a budget of
 * 100,000 with a reserve of 20 % ends inside the reserve.
 */
export const demoScript: readonly DemoStep[] = [
  { kind: 'prompt', text: 'Sort the board by arrival, and show how late each boat is' },
  {
    kind: 'read',
    text: 'Let me look at how the board is printed.',
    path: 'src/board.js',
    tokens: { input: 12, cacheWrite5m: 21_400, output: 260 },
  },
  {
    kind: 'edit',
    text: 'A line needs room for the delay.',
    path: 'src/format.js',
    before: '  return `${boat.name.padEnd(16)}${boat.arrives}`;\n}\n',
    after:
      '  return `${boat.name.padEnd(16)}${boat.arrives}  ${formatDelay(boat)}`;\n}\n\n' +
      "/** How late a boat is, in words. */\nexport function formatDelay({ due, arrives }) {\n  const minutes = toMinutes(arrives) - toMinutes(due);\n  return minutes > 0 ? `${minutes} min late` : 'on time';\n}\n\n" +
      "function toMinutes(time) {\n  const [hours, minutes] = time.split(':').map(Number);\n  return hours * 60 + minutes;\n}\n",
    tokens: { input: 9, cacheWrite5m: 9_800, output: 1_240 },
  },
  {
    kind: 'edit',
    text: 'Now the order.',
    path: 'src/board.js',
    before: 'for (const boat of boats) console.log(formatBoat(boat));\n',
    after:
      'const inOrder = [...boats].sort((a, b) => a.arrives.localeCompare(b.arrives));\n' +
      'for (const boat of inOrder) console.log(formatBoat(boat));\n',
    tokens: { input: 8, cacheWrite5m: 8_600, output: 1_900 },
  },
  {
    kind: 'write',
    text: 'A test for the delay.',
    path: 'test/delay.test.js',
    content:
      "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { formatDelay } from '../src/format.js';\n\n" +
      "test('a late boat says by how much', () => {\n  assert.equal(formatDelay({ due: '08:45', arrives: '09:05' }), '20 min late');\n});\n\n" +
      "test('a punctual boat says so', () => {\n  assert.equal(formatDelay({ due: '10:00', arrives: '10:00' }), 'on time');\n});\n",
    tokens: { input: 8, cacheWrite5m: 7_900, output: 2_300 },
  },
  {
    kind: 'run',
    text: 'And an example to look at.',
    path: 'src/board.js',
    into: 'example.txt',
    tokens: { input: 7, cacheWrite5m: 7_400, output: 640 },
  },
  {
    kind: 'end',
    text: 'The board is sorted by arrival and shows delays; example.txt has it.',
    tokens: { input: 6, cacheWrite5m: 5_200, output: 900 },
  },
  { kind: 'prompt', text: 'Make the board "shorter",\nit should fit the small screen' },
  {
    kind: 'read',
    text: 'Looking at the board again.',
    path: 'src/board.js',
    tokens: { input: 10, cacheWrite5m: 6_300, output: 300 },
  },
  {
    kind: 'edit',
    text: 'Two boats fit.',
    path: 'src/board.js',
    before: 'for (const boat of inOrder) ',
    after: 'for (const boat of inOrder.slice(0, 2)) ',
    tokens: { input: 8, cacheWrite5m: 6_900, output: 1_500 },
  },
  {
    kind: 'end',
    text: 'The board is short now: it shows two boats.',
    tokens: { input: 6, cacheWrite5m: 2_800, output: 600 },
  },
];
