import assert from 'node:assert/strict';
import {
  beginRun,
  chunkOf,
  fixPrompt,
  isHandedOver,
  markBegun,
  markEnded,
  markTakenBack,
  meaningOf,
  promptLine,
  takenBack,
  type ChunkRun,
} from '../../../src/plan/chunkRun.ts';
import type { Chunk, Plan } from '../../../src/plan/plan.ts';
import { currentPlan } from '../../../src/plan/planText.ts';

const file = [
  '# Plan: Importer',
  '',
  '- [x] parser',
  '  - Checkpoint: g1',
  '- [x] docs',
  '- [ ] writer',
  '  - Status: red',
  '- [ ] tests',
  '',
].join('\n');

function planOf(text: string): Plan {
  const placed = currentPlan(text);
  assert.ok(placed);
  return placed.plan;
}
function chunk(text: string, number: number): Chunk {
  const found = planOf(text).chunks[number - 1];
  assert.ok(found);
  return found;
}
const statuses = (text: string): string[] => planOf(text).chunks.map(({ status }) => status);
function ok(result: ReturnType<typeof markBegun>): string {
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}
const run: ChunkRun = { v: 1, number: 3, title: 'writer', begunAt: 5, checkpoint: 'c', handedOver: null, failure: 'x' };

describe('the run of a chunk', () => {
  it('begins anew for another chunk, and goes on for one that was begun before', () => {
    const fresh = beginRun(chunk(file, 4), run, 'c2', 100);
    assert.deepEqual([fresh.number, fresh.title, fresh.begunAt, fresh.failure], [4, 'tests', 100, null]);
    const again = beginRun(chunk(file, 3), run, 'c3', 100);
    assert.deepEqual([again.begunAt, again.failure, again.checkpoint], [5, 'x', 'c3']);
    // Taken back, and begun once more: that is another attempt.
    const open = { ...chunk(file, 3), status: 'open' } as const;
    assert.equal(beginRun(open, run, 'c3', 100).begunAt, 100);
  });

  it('is of the chunk with its title, where the plan was edited meanwhile', () => {
    assert.equal(chunkOf(planOf(file), run)?.number, 3);
    assert.equal(chunkOf(planOf(file.replace('- [x] parser', '- [x] first\n- [x] parser')), run)?.number, 4);
    assert.equal(chunkOf(planOf(file.replace('writer', 'other')), run), null);
    const twice = file.replace('docs', 'writer');
    assert.equal(chunkOf(planOf(twice), run)?.number, 3);
    assert.equal(chunkOf(planOf(twice), { number: 1, title: 'writer' }), null);
  });

  it('marks its chunk as begun only if it is open', () => {
    assert.deepEqual(statuses(ok(markBegun(file, chunk(file, 4)))), ['done', 'done', 'red', 'begun']);
    assert.equal(ok(markBegun(file, chunk(file, 3))), file);
    const other = markBegun(file.replace('tests', 'else'), chunk(file, 4));
    assert.equal(other.ok ? '' : other.failure.reason, 'changed-meanwhile');
  });

  it('ends green with cost and checkpoint, red with its cost, and not at all where the test said nothing', () => {
    const verification = { checkpoint: 'g2', verified: 'green', failure: '' } as const;
    const green = ok(markEnded(file, chunk(file, 3), { verification, costTokens: 38_200 }));
    assert.deepEqual(chunk(green, 3).status, 'done');
    assert.deepEqual([chunk(green, 3).costTokens, chunk(green, 3).checkpoint], [38_200, 'g2']);

    const red = ok(
      markEnded(file, chunk(file, 4), { verification: { ...verification, verified: 'red' }, costTokens: 1 }),
    );
    assert.deepEqual([chunk(red, 4).status, chunk(red, 4).costTokens, chunk(red, 4).checkpoint], ['red', 1, null]);

    assert.equal(
      ok(markEnded(file, chunk(file, 4), { verification: { ...verification, verified: null }, costTokens: 1 })),
      file,
    );
    const unverified = ok(markEnded(file, chunk(file, 4), { verification: null, costTokens: null }));
    assert.deepEqual([chunk(unverified, 4).status, chunk(unverified, 4).checkpoint], ['done', null]);
  });

  it('taken back to a green checkpoint, all that came after that is open again', () => {
    assert.deepEqual(
      takenBack(planOf(file), 'g1').map(({ title }) => title),
      ['docs', 'writer'],
    );
    // A green checkpoint of nobody's chunk: what was ticked stays ticked.
    assert.deepEqual(
      takenBack(planOf(file), 'other').map(({ title }) => title),
      ['writer'],
    );
    const text = ok(markTakenBack(file, takenBack(planOf(file), 'g1')));
    assert.deepEqual(statuses(text), ['done', 'open', 'open', 'open']);
  });
});

describe('the prompt of a chunk', () => {
  it('is one line to a terminal, without anything a terminal would act on', () => {
    assert.equal(promptLine('a\r\n\n  b \u001b[2Jc\u0003\n'), 'a b  [2Jc');
  });

  it('to mend it is short, whatever the command said', () => {
    const said = fixPrompt({ number: 3, title: 'multiply' }, 'x'.repeat(5000));
    assert.ok(said.length < 2300, String(said.length));
    assert.match(said, /x …\nMend that, /);
  });

  it('is known again in what a hook remembers of it', () => {
    const line = promptLine(`Work on chunk 1: ${'x'.repeat(500)}`);
    const handed = { ...run, handedOver: { at: 1, prompt: line } };
    assert.equal(isHandedOver(handed, line.slice(0, 400)), true);
    assert.equal(isHandedOver(handed, 'Work on chunk 1: y'), false);
    assert.equal(isHandedOver(handed, null), false);
    assert.equal(isHandedOver(run, line), false);
  });

  it('is followed by its session until that session’s turn ends, under whatever prompt it goes on', () => {
    const handed: ChunkRun = { ...run, handedOver: { at: 100, prompt: 'Work on chunk 3' } };
    const event = (kind: string, at = 200, session = 's') => ({ at, agent: 'claude', session, kind });
    assert.equal(meaningOf(handed, event('prompt'), 'Work on chunk 3'), 'ours');
    assert.equal(meaningOf(handed, event('turn'), 'Work on chunk 3'), 'ended');
    assert.equal(meaningOf(handed, event('turn', 50), 'Work on chunk 3'), 'nothing');
    assert.equal(meaningOf(handed, event('turn'), 'Something else'), 'nothing');
    const known = {
      ...handed,
      handedOver: { at: 100, prompt: 'Work on chunk 3', session: { agent: 'claude', id: 's' } },
    };
    assert.equal(meaningOf(known, event('turn'), 'Your usage limit has reset. Continue.'), 'ended');
    assert.equal(meaningOf(known, event('turn', 200, 'another'), 'Work on chunk 3'), 'nothing');
    assert.equal(meaningOf(run, event('turn'), 'Work on chunk 3'), 'nothing');
  });

  it('asks to mend what failed, and only that', () => {
    assert.match(
      fixPrompt({ number: 3, title: 'writer' }, 'npm test: exit code 1'),
      /chunk 3 .*"writer".*\nnpm test: exit code 1\n/i,
    );
  });
});
