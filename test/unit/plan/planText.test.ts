import assert from 'node:assert/strict';
import { codeText, commandIn, tokensIn, tokensText } from '../../../src/plan/planFields.ts';
import { nextChunk } from '../../../src/plan/plan.ts';
import { chunkPrompt, planRequest } from '../../../src/plan/planRequest.ts';
import { currentPlan, parsePlans } from '../../../src/plan/planText.ts';

function chunksOf(text: string) {
  return currentPlan(text)?.plan.chunks ?? [];
}

const statuses = (text: string) => chunksOf(text).map(({ status }) => status);

describe('the plan file', () => {
  it('is read as the request asks agents to write it', () => {
    const text = planRequest('.soft-landing/plan.md', 60_000);
    const [chunk, ...others] = chunksOf(text);
    assert.equal(currentPlan(text)?.plan.title, 'title of the task');
    assert.deepEqual(others, []);
    assert.deepEqual(chunk, {
      number: 1,
      title: 'title of the chunk',
      status: 'open',
      doneWhen: 'what can be observed when it is finished',
      verify: 'the command that proves it',
      budgetTokens: 40_000,
      costTokens: null,
      checkpoint: null,
    });
  });

  it('is read as agents like to write it: bold names, other bullets, bare lines, tabs, CRLF, a byte order mark', () => {
    const variants = [
      '# Plan: T\n- [ ] C\n  - **Verify:** `npm test`\n  - **Budget**: ~40,000 tokens\n',
      '\uFEFF## Plan: T ##\r\n\r\n1. [ ] C\r\n   * verify: npm test\r\n   * BUDGET: 40k\r\n',
      '# Plan: T\n\n+ [ ] C\n\n\tVerify: `npm test`\n\tBudget: 40000',
      '# Plan: T\n* [ ] C  \n    - Verify: run `npm test` at the top\n    - Budget: 0.04M\n',
    ];
    for (const text of variants) {
      const [chunk] = chunksOf(text);
      assert.equal(currentPlan(text)?.plan.title, 'T');
      assert.deepEqual([chunk?.title, chunk?.verify, chunk?.budgetTokens], ['C', 'npm test', 40_000], text);
    }
  });

  it('says the status by its box, and by a line for what a box cannot say', () => {
    assert.deepEqual(statuses('- [ ] a\n- [x] b\n- [X] c\n- [~] d\n- [-] e\n'), [
      'open',
      'done',
      'done',
      'begun',
      'dropped',
    ]);
    assert.deepEqual(statuses('- [ ] a\n  - Status: begun\n- [ ] b\n  - Status: red (two tests)\n'), ['begun', 'red']);
  });

  it('believes the box where it was clicked and the line was not changed', () => {
    assert.deepEqual(statuses('- [x] a\n  - Status: begun\n- [ ] b\n  - Status: done\n'), ['done', 'open']);
  });

  it('leaves alone what is in fenced code, in comments, in nested lists and under other headings', () => {
    const text = [
      '# Plan: T',
      '```',
      '- [ ] in code',
      '```',
      '<!--',
      '- [ ] in a comment',
      '-->',
      '- [ ] real',
      '  - [ ] a part of it',
      '    - Verify: not the chunk’s own',
      '# Notes',
      '- [ ] milk',
    ].join('\n');
    assert.deepEqual(
      chunksOf(text).map(({ title, verify }) => [title, verify]),
      [['real', null]],
    );
  });

  it('holds several plans, of which the last is the current one', () => {
    const text = '# Plan: A\n- [ ] a\n# Plan: B\n## Later\n- [ ] b\n- [ ] b\n';
    assert.deepEqual(
      parsePlans(text).map(({ plan }) => [plan.title, plan.chunks.length]),
      [
        ['A', 1],
        ['B', 2],
      ],
    );
    assert.equal(currentPlan(text)?.plan.title, 'B');
  });

  it('is none without a heading and a checklist', () => {
    for (const text of ['', '\uFEFF', '# Notes\n\ntext\n', '- milk\n']) assert.equal(currentPlan(text), null);
  });

  it('is read in linear time, whatever a file of the largest size holds', () => {
    const size = 500_000;
    const blanks = ' '.repeat(size);
    const many = (line: string) => line.repeat(size / line.length);
    const odd = ['- [ ] a', '# Plan: a', '- [ ] a\n  - Verify: `a'].map((line) => `${line}${blanks}b`);
    const runs = Array.from({ length: 900 }, (_, at) => '`'.repeat(at + 1)).join(' ');
    // A quadratic pass over any of these takes minutes, and runs into the time limit of the suite.
    for (const text of [...odd, many('# Plan\n'), many('- [ ] a\n'), `- [ ] a\n  - Verify: ${runs}`, many('`')])
      parsePlans(text);
    assert.equal(parsePlans(many('# Plan\n')).length, Math.floor(size / 7));
    assert.equal(chunksOf(many('- [ ] a\n')).length, size / 8);
  });

  it('goes on with what was begun, or is red, before what is open', () => {
    const next = (text: string) => nextChunk(currentPlan(text)?.plan ?? { title: '', chunks: [] })?.number ?? null;
    assert.equal(next('- [x] a\n- [ ] b\n- [ ] c\n'), 2);
    assert.equal(next('- [ ] a\n- [ ] b\n  - Status: red\n'), 2);
    assert.equal(next('- [x] a\n- [-] b\n'), null);
  });

  it('gives an agent one chunk, with all that is known of it', () => {
    const text =
      '# Plan: T\n- [ ] a\n- [~] b\n  - Done when: it works\n    everywhere\n  - Verify: `make`\n  - Budget: 5K\n';
    const plan = currentPlan(text)?.plan;
    const chunk = plan?.chunks[1];
    assert.ok(plan && chunk);
    const prompt = chunkPrompt(plan, chunk, 'plan.md');
    for (const part of [
      'chunk 2 of 2',
      '"T"',
      'plan.md',
      ': b (',
      'it works\neverywhere.\n',
      'Verify with: `make`.\n',
      '5K tokens',
      'begun',
    ])
      assert.ok(prompt.includes(part), part);
  });
});

describe('values in a plan', () => {
  it('are numbers of tokens in many spellings', () => {
    const cases: [string, number | null][] = [
      ['40K tokens', 40_000],
      ['38.2k', 38_200],
      ['1,234,567', 1_234_567],
      ['40 000 tokens', 40_000],
      ['about 1.5M', 1_500_000],
      ['plenty', null],
      ['', null],
    ];
    for (const [text, tokens] of cases) assert.equal(tokensIn(text), tokens, text);
  });

  it('come back as they were written', () => {
    for (const tokens of [0, 7, 999, 1000, 38_200, 999_900, 1_000_000, 1_230_000]) {
      assert.equal(tokensIn(tokensText(tokens)), tokens);
    }
    for (const command of ['npm test', 'echo `date`', '`x`', 'a ``b`` c', '`'])
      assert.equal(commandIn(codeText(command)), command);
  });
});
