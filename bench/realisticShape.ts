import type { CorpusShape, TurnContent } from '../test/support/claudeTranscripts.ts';
import type { Chance } from '../test/support/corpusTools.ts';

const end = Date.parse('2026-11-01T12:00:00.000Z');
const days = 30;
const sessionsPerGibibyte = 1910;

/** Days are counted here: its clocks are set back within the corpus's month, so one day of it has 25 hours. */
export const corpusZone = 'Europe/Berlin';

/**
 * A month of heavy use. Sizes of sessions follow the quantiles of a real machine that ccusage publishes with its own fixture generator
 * (apps/ccusage/scripts/generate-large-fixture.nu: half below 105 kB, a hundredth above 5 MB, the largest 87 MB), scaled to `bytes`.
 * Most bytes are what tools gave back. No gateways: every tool on the market gets those wrong in ways of its own (see `exactness`).
 */
export function realisticShape(bytes: number): CorpusShape {
  const sessions = Math.max(20, Math.round((bytes / 2 ** 30) * sessionsPerGibibyte));
  const sizes = sizesOf(sessions, bytes);
  // Neither size nor time may go with the number: multiplying by a number prime to all counts in use scatters both.
  const share = (index: number) => ((index * 7919) % sessions) / sessions;
  const sizeOf = (index: number) => sizes[Math.floor(share(index) * sessions)] ?? 0;
  const largest = sizes.at(-1) ?? 0;
  const subagents = (index: number) => (sizeOf(index) < largest && index % 4 === 1 ? 1 + (index % 5) : 0);
  const text = codeText();
  return {
    seed: 42,
    sessions,
    projects: 60,
    // All with prices known to every reader compared.
    models: ['claude-opus-4-5-20251101', 'claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001'],
    // The longest ones go on for a day or two.
    startOf: (index) => end - Math.floor((2 + (((index * 4799) % sessions) / sessions) * (days - 2)) * 86_400_000),
    goesOn(index, _turns, written, isSubagent) {
      const size = sizeOf(index);
      const count = subagents(index);
      if (count === 0) return written < size;
      return written < (isSubagent ? (size * 0.3) / count : size * 0.7);
    },
    content: (chance) => turnContent(chance, text),
    isGateway: () => false,
    hasRequestIds: (index) => index % 33 !== 7,
    isFork: (index) => index % 17 === 5,
    subagents,
    hasSideQuestion: (index) => index % 33 === 2,
    sideRows: 6,
    sideDelayMs: 0,
    lostEvery: 100,
    forkableBytes: 300_000,
  };
}

/** Ascending; together `bytes`. */
function sizesOf(count: number, bytes: number): readonly number[] {
  const raw = Array.from({ length: count }, (_, index) => quantile((index + 0.5) / count));
  const sum = raw.reduce((total, size) => total + size, 0);
  return raw.map((size) => Math.max(2000, (size * bytes) / sum));
}

const quantiles: readonly (readonly [share: number, bytes: number])[] = [
  [0, 236],
  [0.5, 105_267],
  [0.75, 233_572],
  [0.9, 653_972],
  [0.95, 1_504_757],
  [0.99, 5_383_751],
  [1, 87_033_471],
];

function quantile(share: number): number {
  const at = quantiles.findIndex(([upper]) => share <= upper);
  const [low, from] = quantiles[Math.max(0, at - 1)] ?? [0, 0];
  const [high, to] = quantiles[at] ?? [1, 0];
  return high === low ? to : from + ((to - from) * (share - low)) / (high - low);
}

type Text = (chance: Chance, most: number) => string;

/** Pieces of one long text that looks like code to a JSON writer: quotes, backslashes, tabs, newlines, a little beyond ASCII. */
function codeText(): Text {
  const words =
    'const await import export for return session buffer reader config limit result value error index'.split(' ');
  const marks = [' ', ' ', '.', '(', ')', ' = ', ', ', ';\n', ': "', '" ', "'", ' => ', '\\n', '{\n\t', '}\n\t\t'];
  const parts: string[] = [];
  let state = 1;
  const next = (count: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % count;
  for (let length = 0; length < 2 ** 21; length += parts.at(-1)?.length ?? 0) {
    parts.push(`${words[next(13)] ?? ''}${marks[next(15)] ?? ''}${next(97) === 0 ? ' // größe → 使用量 ✓\n' : ''}`);
  }
  const pool = parts.join('');
  return (chance, most) => {
    const length = chance.between(20, most);
    const from = chance.between(0, pool.length - length);
    return pool.slice(from, from + length);
  };
}

function turnContent(chance: Chance, text: Text): TurnContent {
  const blocks: Record<string, unknown>[] = [];
  if (chance.between(0, 2) === 0) {
    blocks.push({ type: 'thinking', thinking: text(chance, 900), signature: text(chance, 900) });
  }
  if (chance.between(0, 1) === 0) blocks.push({ type: 'text', text: text(chance, 1500) });
  const results: Record<string, unknown>[] = [];
  const tools = chance.of(1, 1, 1, 1, 1, 2, 3);
  for (let number = 0; number < tools; number += 1) {
    const id = `toolu_${chance.between(1, 1e9)}`;
    blocks.push({ type: 'tool_use', id, ...toolCall(chance, text) });
    results.push(toolResult(chance, text, id));
  }
  return { prompt: text(chance, 1200), blocks, results };
}

function toolCall(chance: Chance, text: Text) {
  // A legal argument that ccusage drops the whole row for (`has_unsupported_null_field`).
  if (chance.between(0, 499) === 0)
    return { name: 'mcp__db__query', input: { table: 'usage', filter: { id: null, model: null } } };
  const path = '/home/dev/project/src/a.ts';
  return chance.of<Record<string, unknown>>(
    { name: 'Read', input: { file_path: path, offset: chance.between(1, 900) } },
    { name: 'Edit', input: { file_path: path, old_string: text(chance, 900), new_string: text(chance, 1200) } },
    { name: 'Write', input: { file_path: path, content: text(chance, 6000) } },
    { name: 'Bash', input: { command: text(chance, 200), description: 'Run it' } },
  );
}

function toolResult(chance: Chance, text: Text, id: string) {
  // Many short ones and a few long ones.
  const content = text(chance, chance.of(200, 500, 1_500, 4_000, chance.between(0, 9) === 0 ? 60_000 : 1_000));
  const usage = { input_tokens: 4, cache_read_input_tokens: 52_000, output_tokens: 512 };
  const result =
    chance.between(0, 32) === 0
      ? { status: 'completed', totalTokens: 54_321, usage }
      : chance.between(0, 4) === 0
        ? {
            filePath: '/home/dev/project/src/a.ts',
            originalFile: text(chance, 14_000),
            structuredPatch: [{ lines: [text(chance, 300)] }],
          }
        : { stdout: content, stderr: '', interrupted: false };
  return {
    message: { role: 'user', content: [{ tool_use_id: id, type: 'tool_result', content, is_error: false }] },
    toolUseResult: result,
  };
}
