import assert from 'node:assert/strict';
import { parseSizes } from '../../../src/checkpoints/view/stepSizes.ts';
import { turnsOf } from '../../../src/checkpoints/view/turns.ts';
import type { CheckpointSummary } from '../../../src/protocol/checkpoint.ts';

function checkpoint(id: string, fields: Partial<CheckpointSummary> = {}): CheckpointSummary {
  return {
    id,
    ref: '',
    tree: '',
    label: '',
    kind: 'tool',
    createdAt: '2026-03-12T14:10:00.000Z',
    agent: 'claude',
    session: 's1',
    prompt: 1,
    tool: null,
    branch: null,
    head: null,
    pinned: false,
    verified: null,
    changedFiles: 0,
    skipped: [],
    ...fields,
  };
}

const ids = (checkpoints: readonly CheckpointSummary[]) =>
  turnsOf(checkpoints).map((turn) => turn.checkpoints.map(({ id }) => id).join(' '));

describe('turns of checkpoints', () => {
  it('holds together what one prompt caused, though others came between', () => {
    const other = { session: 's2', prompt: 1 };
    assert.deepEqual(
      ids([
        checkpoint('7'),
        checkpoint('6', other),
        checkpoint('5', { session: null, prompt: null, kind: 'manual' }),
        checkpoint('4'),
        checkpoint('3', other),
        checkpoint('2', { kind: 'prompt' }),
        checkpoint('1', { prompt: 0, kind: 'session' }),
      ]),
      ['7 4 2', '6 3', '5', '1'],
    );
  });

  it('tells prompts, sessions and agents apart, and gives each turn a key of its own', () => {
    const all = [
      checkpoint('4', { prompt: 2 }),
      checkpoint('3', { agent: 'codex' }),
      checkpoint('2'),
      checkpoint('1', { kind: 'session', prompt: 3 }),
      checkpoint('0', { prompt: 0 }),
    ];
    assert.deepEqual(ids(all), ['4', '3', '2', '1', '0']);
    assert.equal(new Set(turnsOf(all).map(({ key }) => key)).size, all.length);
    assert.deepEqual(turnsOf([]), []);
  });
});

describe('sizes that git tells', () => {
  const [a, b] = ['a'.repeat(40), 'b'.repeat(40)];

  it('come one for each pair, equal trees and counts of one kind included', () => {
    const output = [
      `${a} ${b}`,
      ' 2 files changed, 3 insertions(+), 1 deletion(-)',
      `${a} ${a}`,
      `${b} ${a}`,
      ' 1 file changed, 12 deletions(-)',
      '',
    ].join('\n');
    assert.deepEqual(
      [...parseSizes(output)],
      [
        [`${a} ${b}`, { files: 2, added: 3, deleted: 1 }],
        [`${a} ${a}`, { files: 0, added: 0, deleted: 0 }],
        [`${b} ${a}`, { files: 1, added: 0, deleted: 12 }],
      ],
    );
    assert.equal(parseSizes('').size, 0);
  });
});
