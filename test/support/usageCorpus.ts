import type { TokenCounts } from '../../src/protocol/usage.ts';
import { claudeTranscripts, type CorpusShape } from './claudeTranscripts.ts';
import { type Chance, Truth } from './corpusTools.ts';

/** What a corpus really holds, counted while it was made. */
export interface CorpusTruth {
  readonly responses: number;
  readonly tokens: TokenCounts;
  readonly byDay: ReadonlyMap<string, number>;
  readonly byModel: ReadonlyMap<string, number>;
  readonly bySession: ReadonlyMap<string, number>;
}

export interface UsageCorpus {
  /** path below the transcripts root -> its lines */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly truth: CorpusTruth;
}

/** The tests' corpus: small, all at once, and dense with everything that makes naive sums wrong. Days are of UTC. */
export function usageCorpus(size: { seed: number; sessions: number; filler?: number }): UsageCorpus {
  const truth = new Truth();
  const files = new Map<string, readonly string[]>();
  for (const { path, lines } of claudeTranscripts(denseShape(size), truth)) files.set(path, lines);
  const { responses, tokens, byModel, bySession } = truth;
  return { files, truth: { responses, tokens, byDay: truth.byDay('UTC'), byModel, bySession } };
}

function denseShape({
  seed,
  sessions,
  filler = 400,
}: {
  seed: number;
  sessions: number;
  filler?: number;
}): CorpusShape {
  const start = Date.parse('2026-10-20T08:00:00.000Z');
  const text = (chance: Chance) => 'const größe = "使用量"; '.repeat(chance.between(1, 2 + filler / 20));
  return {
    seed,
    sessions,
    projects: 5,
    models: ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5'],
    startOf: (index) => start + index * 5 * 3_600_000,
    goesOn: (index, turns, _bytes, isSubagent) => turns < (isSubagent ? 1 : 3 + ((index * 7) % 10)),
    content: (chance) => ({
      prompt: text(chance),
      blocks: Array.from({ length: chance.between(1, 4) }, () => ({
        type: 'tool_use',
        name: 'Write',
        input: { id: null, model: null, text: `${text(chance)} "usage": {` },
      })),
      results: [
        {
          message: {
            role: 'user',
            content: [{ type: 'tool_result', content: 'ok', tool_use_id: 'toolu_01' }],
          },
          toolUseResult: { usage: { input_tokens: 9e6, output_tokens: 9e6 } },
        },
      ],
    }),
    isGateway: (index) => index % 7 === 3,
    hasRequestIds: () => true,
    isFork: (index) => index % 6 === 5,
    subagents: (index) => (index % 3 === 1 ? 1 : 0),
    hasSideQuestion: (index) => index % 4 === 2,
    sideRows: Infinity,
    sideDelayMs: 9e7,
    lostEvery: Infinity,
    forkableBytes: Infinity,
  };
}
