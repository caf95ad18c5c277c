import assert from 'node:assert/strict';
import { toolResultGrowths } from '../../../../src/agents/claude/toolResultGrowth.ts';
import { learnedFactor, startFactor } from '../../../../src/usage/tokens/modelFactor.ts';

describe('tokens of a model for one of o200k', () => {
  const starts: Readonly<Record<string, number>> = {
    'gpt-5.5': 1,
    'claude-sonnet-4-5': 1.18,
    'claude-opus-4-6': 1.18,
    'claude-opus-4-7': 1.53,
    'claude-opus-4-20250514': 1.18,
    'claude-opus-5-5': 1.53,
    'claude-3-5-sonnet-20241022': 1.18,
    'gemini-2.5-flash': 1.1,
  };
  for (const [model, factor] of Object.entries(starts))
    it(`begin with ${factor} for ${model}`, () => assert.equal(startFactor(model), factor));

  it('follow what results of tools have taken, the more of them the more', () => {
    const samples = (count: number) => Array.from({ length: count }, () => ({ counted: 1000, growth: 1300 }));
    assert.equal(learnedFactor('claude-opus-5-5', samples(2)), 1.53);
    assert.ok(Math.abs(learnedFactor('claude-opus-5-5', samples(100)) - 1.3) < 0.02);
    const odd = [
      ...samples(20),
      { counted: 1000, growth: 60_000 },
      { counted: 10, growth: 15 },
      { counted: 9000, growth: 1 },
    ];
    assert.equal(learnedFactor('gpt-5', odd), learnedFactor('gpt-5', samples(20)));
  });

  it("are told by transcripts: a result's text beside the growth of the context", () => {
    const answer = (id: string, context: number, output: number) =>
      JSON.stringify({
        type: 'assistant',
        message: {
          id,
          model: 'm',
          usage: { input_tokens: 6, cache_read_input_tokens: context - 6, output_tokens: output },
        },
      });
    const result = (content: unknown) =>
      JSON.stringify({ type: 'user', message: { role: 'user', content: [{ type: 'tool_result', content }] } });
    const lines = [
      answer('a', 1000, 50),
      answer('a', 1000, 50),
      result('1234'),
      result([{ type: 'text', text: '56' }]),
      answer('b', 1250, 20),
      JSON.stringify({ type: 'user', message: { role: 'user', content: 'a prompt' } }),
      answer('c', 1400, 20),
      result([{ type: 'image' }]),
      answer('d', 9000, 20),
      result('after it the conversation was compacted'),
      answer('e', 500, 20),
      '{"torn',
      'null',
    ];
    assert.deepEqual(toolResultGrowths(lines), [{ model: 'm', text: '123456', growth: 200 }]);
  });
});
