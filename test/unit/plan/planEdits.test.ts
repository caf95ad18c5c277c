import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunkStatuses, type NewChunk } from '../../../src/plan/plan.ts';
import { addChunk, addPlan, setField, setStatus } from '../../../src/plan/planEdits.ts';
import { currentPlan } from '../../../src/plan/planText.ts';
import type { Result } from '../../../src/protocol/result.ts';

function value(result: Result<string, { readonly message: string }>): string {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const lines = [
  '# Plan: A',
  '## Plan: B ',
  '# Notes',
  '- [ ] open',
  '- [x] done',
  '* [~]  begun  ',
  '1. [ ] numbered',
  '   - [ ] deeper',
  '\t- [ ] by a tab',
  '  - Verify: `npm test`',
  '  - **Budget:** 40K',
  '    Status: begun',
  '  - Status:',
  '\tCost:\t7  ',
  '  - Owner: Ada',
  '  goes on',
  '```',
  '<!--',
  '-->',
  'text',
  '- [ ]',
  '- [😀] odd',
  '',
  '   ',
];
const file = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    fc.array(fc.tuple(fc.constantFrom(...lines), fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 }),
    fc.constantFrom('', ...lines),
  )
  .map(([mark, body, last]) => mark + body.flat().join('') + last);

/** Whether one text comes from the other by leaving characters out. */
function isWithin(part: string, whole: string): boolean {
  let at = 0;
  for (let index = 0; index < whole.length && at < part.length; index++) if (whole[index] === part[at]) at++;
  return at === part.length;
}

describe('edits of a plan file', () => {
  it('change only the status of the one chunk, and of the text only its box and its Status line', () => {
    fc.assert(
      fc.property(file, fc.nat(8), fc.constantFrom(...chunkStatuses), (text, pick, status) => {
        const chunks = currentPlan(text)?.plan.chunks ?? [];
        fc.pre(chunks.length > 0);
        const number = (pick % chunks.length) + 1;
        const after = value(setStatus(text, number, status));
        const expected = chunks.map((chunk) => (chunk.number === number ? { ...chunk, status } : chunk));
        assert.deepEqual(currentPlan(after)?.plan.chunks, expected);
        const placed = currentPlan(text)?.chunks[number - 1];
        assert.ok(placed);
        const field = placed.fields.get('Status');
        const unboxed = text.slice(0, placed.boxAt) + text.slice(placed.boxAt).replace(/^./u, '');
        assert.ok(isWithin(field && field.value !== '' ? unboxed.replaceAll(field.value, '') : unboxed, after));
      }),
      { numRuns: 600 },
    );
  });

  it('change nothing where nothing is to be changed', () => {
    fc.assert(
      fc.property(file, (text) => {
        for (const { number, status } of currentPlan(text)?.plan.chunks ?? [])
          assert.equal(value(setStatus(text, number, status)), text);
      }),
      { numRuns: 600 },
    );
  });

  it('record a cost and a checkpoint, and lose no character of anything else', () => {
    fc.assert(
      fc.property(file, fc.nat(8), (text, pick) => {
        const chunks = currentPlan(text)?.plan.chunks ?? [];
        fc.pre(chunks.length > 0);
        const number = (pick % chunks.length) + 1;
        const after = value(setField(text, number, 'Checkpoint', '20260101T000000000Z-ab'));
        const expected = chunks.map((chunk) =>
          chunk.number === number ? { ...chunk, checkpoint: '20260101T000000000Z-ab' } : chunk,
        );
        assert.deepEqual(currentPlan(after)?.plan.chunks, expected);
        assert.ok(isWithin(text, after));
      }),
      { numRuns: 600 },
    );
  });

  it('add plans and chunks that read back as they were given', () => {
    const words = fc.string({ minLength: 1 }).filter((text) => /^[\w`'"*:#[\]()][\w`'"*:#[\]() ]*[\w]$/.test(text));
    const chunk: fc.Arbitrary<NewChunk> = fc.record(
      {
        title: words,
        doneWhen: words,
        verify: words,
        budgetTokens: fc.nat(900).map((thousands) => thousands * 1000),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(words, fc.array(chunk, { maxLength: 4 }), chunk, (title, chunks, more) => {
        const text = value(addChunk(addPlan('# Notes\r\n\r\ntext', title, chunks), more));
        assert.ok(text.startsWith('# Notes\r\n\r\ntext\r\n\r\n# Plan: '));
        assert.doesNotMatch(text, /[^\r]\n/);
        const read = currentPlan(text)?.plan.chunks ?? [];
        assert.deepEqual(
          read.map(({ title, doneWhen, verify, budgetTokens }) => ({ title, doneWhen, verify, budgetTokens })),
          [...chunks, more],
        );
      }),
      { numRuns: 300 },
    );
  });

  it('keep the last line without a line break where it had none', () => {
    assert.equal(value(setStatus('- [ ] a', 1, 'begun')), '- [ ] a\n  - Status: begun');
    assert.equal(value(setStatus('- [ ] a\r\n- [ ] b', 2, 'done')), '- [ ] a\r\n- [x] b');
  });

  it('put a new field behind the others, in their style, and behind what belongs to them', () => {
    assert.equal(
      value(setField('- [ ] a\n\t* Done when: x\n\t\tand y\n\n\tNotes\n- [ ] b\n', 1, 'Cost', '5K tokens')),
      '- [ ] a\n\t* Done when: x\n\t\tand y\n\t* Cost: 5K tokens\n\n\tNotes\n- [ ] b\n',
    );
  });

  it('say what is missing', () => {
    const reason = (result: Result<string, { readonly reason: string }>) => (result.ok ? null : result.failure.reason);
    assert.equal(reason(setStatus('text', 1, 'done')), 'no-plan');
    assert.equal(reason(setStatus('- [ ] a', 2, 'done')), 'no-such-chunk');
    assert.equal(reason(addChunk('', { title: 'a' })), 'no-plan');
  });
});
