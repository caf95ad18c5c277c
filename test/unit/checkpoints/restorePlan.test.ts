import assert from 'node:assert/strict';
import type { Change } from '../../../src/checkpoints/changes.ts';
import { pathSelector, planRestore, type PlanInput } from '../../../src/checkpoints/restorePlan.ts';

const file = '100644';
const absent = '000000';

function change(kind: Change['kind'], path: string, mode = file): Change {
  const [fromMode, toMode] = [kind === 'added' ? absent : mode, kind === 'deleted' ? absent : mode];
  return { path, kind, fromMode, toMode, fromOid: 'from', toOid: 'to' };
}

function plan(changes: readonly Change[], input: Partial<PlanInput> = {}): readonly string[] {
  const { changes: done, kept } = planRestore({
    changes,
    target: { skipped: [], nested: [], flags: { assumeUnchanged: [], skipWorktree: [], sparse: [] } },
    presentNested: [],
    sparse: [],
    ignoredByTarget: new Set(),
    isSelected: () => true,
    ...input,
  });
  return [...done.map(({ path }) => path), ...kept.map(({ path, reason }) => `${path}: ${reason}`)];
}

const target = (input: Partial<PlanInput['target']>): Partial<PlanInput> => ({
  target: { skipped: [], nested: [], flags: { assumeUnchanged: [], skipWorktree: [], sparse: [] }, ...input },
});

describe('planRestore', () => {
  it('writes and deletes whatever differs and was captured', () => {
    const changes = [change('added', 'a'), change('deleted', 'b'), change('modified', 'c')];
    assert.deepEqual(plan(changes), ['a', 'b', 'c']);
  });

  it('leaves a file that the checkpoint could not hold, but brings back one that is gone', () => {
    const skipped = ['a', 'b', 'c'].map((path) => ({ path, reason: 'unreadable', bytes: 1 }));
    const changes = [change('deleted', 'a'), change('modified', 'b'), change('added', 'c')];
    assert.deepEqual(plan(changes, target({ skipped })), ['c', 'a: not-captured', 'b: not-captured']);
  });

  it('knows a skipped file by its bytes, not by its letters', () => {
    const skipped = [{ path: 'é', reason: 'larger than the limit', bytes: 1 }];
    assert.deepEqual(plan([change('deleted', '\xc3\xa9')], target({ skipped })), ['é: not-captured']);
  });

  it('leaves submodules and what lies in nested repositories, then or now', () => {
    const changes = [
      change('modified', 'sub', '160000'),
      change('deleted', 'then/x'),
      change('deleted', 'now/x'),
      change('deleted', 'nowhere/x'),
    ];
    assert.deepEqual(plan(changes, { ...target({ nested: ['then'] }), presentNested: ['now'] }), [
      'nowhere/x',
      'sub: nested-repository',
      'then/x: nested-repository',
      'now/x: nested-repository',
    ]);
  });

  it('does not write what is or was outside of a sparse checkout', () => {
    const flags = { assumeUnchanged: [], skipWorktree: [], sparse: ['was'] };
    const changes = [change('modified', 'is'), change('added', 'was'), change('added', 'other')];
    assert.deepEqual(plan(changes, { ...target({ flags }), sparse: ['is'] }), ['other', 'is: sparse', 'was: sparse']);
  });

  it('keeps what the checkpoint would have ignored, unless it is in the way', () => {
    const ignoredByTarget = new Set(['.env', 'out/x', 'cache']);
    const changes = [
      change('deleted', '.env'),
      change('added', 'out'),
      change('deleted', 'out/x'),
      change('deleted', 'cache'),
      change('added', 'cache/deep/y'),
    ];
    assert.deepEqual(plan(changes, { ignoredByTarget }), [
      'out',
      'out/x',
      'cache',
      'cache/deep/y',
      '.env: ignored-by-checkpoint',
    ]);
  });

  it('looks at the selected paths only', () => {
    const changes = [
      change('added', 'dir/a'),
      change('added', 'dir'),
      change('added', 'dir2/a'),
      change('added', 'dir-a'),
    ];
    assert.deepEqual(plan(changes, { isSelected: pathSelector(['dir/']) }), ['dir/a', 'dir']);
    assert.deepEqual(plan(changes, { isSelected: pathSelector(['']) }).length, 4);
    assert.deepEqual(plan(changes, { isSelected: pathSelector([]) }).length, 4);
  });
});
