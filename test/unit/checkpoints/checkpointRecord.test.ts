import assert from 'node:assert/strict';
import {
  cleanLabel,
  findUndo,
  newCheckpointId,
  parseList,
  timeOfId,
  writeTag,
  type CheckpointRecord,
  type StoredCheckpoint,
} from '../../../src/checkpoints/record/checkpointRecord.ts';

const tree = 'a'.repeat(40);

function stored(id: string, before?: { readonly reset: string; readonly isUndo: boolean }): StoredCheckpoint {
  const record: CheckpointRecord = {
    v: 1,
    id,
    kind: before ? 'safety' : 'manual',
    agent: null,
    session: null,
    prompt: null,
    tool: null,
    worktree: 'main',
    head: null,
    branch: 'main',
    staged: null,
    unmerged: [{ path: 'ÿ\n', modes: ['1', '2', '3'], oids: ['1', '2', '3'] }],
    intentToAdd: ['\x01"'],
    nested: [],
    skipped: [],
    changedFiles: 0,
    flags: { assumeUnchanged: [], skipWorktree: [], sparse: [] },
    ...(before ? { before: { ...before, paths: [], headTo: null } } : {}),
  };
  return { record, label: 'label', ref: `refs/soft-landing/main/${id}/w`, tree, createdAt: timeOfId(id) ?? 0 };
}

describe('checkpoint ids', () => {
  it('say their time and sort by it', () => {
    const times = [0, 1, 999, 1_700_000_000_000, 1_700_000_000_001];
    const ids = times.map((time) => newCheckpointId(time, 'abc'));
    assert.deepEqual(ids.map(timeOfId), times);
    assert.deepEqual(ids, ids.toSorted());
    assert.equal(timeOfId('not an id'), null);
  });
});

describe('labels', () => {
  const cases: readonly (readonly [label: string, clean: string])[] = [
    ['\r\n \n first \nsecond', 'first'],
    ['a\tb\x00c\x1b[1m', 'a b c [1m'],
    ['', 'Checkpoint'],
    ['-----BEGIN PGP SIGNATURE-----', 'BEGIN PGP SIGNATURE-----'],
    ['-- a list', '-- a list'],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['😀'.repeat(201), `${'😀'.repeat(199)}…`],
  ];
  for (const [label, clean] of cases) {
    it(`become one line: ${JSON.stringify(label.slice(0, 30))}`, () => assert.equal(cleanLabel(label), clean));
  }
});

describe('the list of checkpoints', () => {
  const listed = (
    checkpoint: StoredCheckpoint,
    change: Partial<Record<'type' | 'ref' | 'body', string>> = {},
  ): string => {
    const [, message = ''] = writeTag(tree, checkpoint.record, checkpoint.label, 0).split('\n\nlabel\n\n');
    return `${change.ref ?? checkpoint.ref}\0${tree}\0${change.type ?? 'tree'}\0label\0${change.body ?? message}\0\n`;
  };
  const one = stored('20260101T000000000Z-1');

  it('is read back as it was written', () => {
    const two = stored('20260102T000000000Z-2', { reset: 'x', isUndo: true });
    assert.deepEqual(parseList(listed(one) + listed(two)), [one, two]);
  });

  it("leaves out what is not a checkpoint, whoever's it is", () => {
    const strangers = [
      { type: 'commit' },
      { ref: 'refs/soft-landing/main/x/i' },
      { body: 'hello' },
      { body: '{"v":2}' },
      { body: '' },
    ];
    assert.deepEqual(parseList(strangers.map((change) => listed(one, change)).join('')), []);
  });
});

describe('findUndo', () => {
  const reset = (id: string): StoredCheckpoint => stored(id, { reset: 'somewhere', isUndo: false });
  const undo = (id: string, of: string): StoredCheckpoint => stored(id, { reset: of, isUndo: true });
  const found = (...oldestFirst: StoredCheckpoint[]): string | undefined =>
    findUndo(oldestFirst.toReversed())?.record.id;

  it('finds the newest reset that was not taken back', () => {
    assert.equal(found(stored('1')), undefined);
    assert.equal(found(reset('1'), stored('2')), '1');
    assert.equal(found(reset('1'), reset('2')), '2');
    assert.equal(found(reset('1'), reset('2'), undo('3', '2')), '1');
    assert.equal(found(reset('1'), reset('2'), undo('3', '2'), undo('4', '1')), undefined);
    assert.equal(found(reset('1'), undo('2', '1'), reset('3')), '3');
    assert.equal(found(reset('1'), undo('2', '1'), reset('3'), undo('4', '3')), undefined);
  });
});
