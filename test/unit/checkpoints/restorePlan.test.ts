import assert from 'node:assert/strict';
import type { Change } from '../../../src/checkpoints/git/changes.ts';
import { pathsInside } from '../../../src/checkpoints/sets/memberPaths.ts';
import { planRestore, type PlanInput } from '../../../src/checkpoints/restore/restorePlan.ts';

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
    submodules: new Map(),
    undoes: null,
    paths: [],
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
      'then/x: nested-repository',
      'now/x: nested-repository',
      'now: nested-repository',
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
    assert.deepEqual(plan(changes, { paths: ['dir/'] }), ['dir/a', 'dir']);
    assert.deepEqual(plan(changes, { paths: [''] }).length, 4);
    assert.deepEqual(plan(changes, { paths: [] }).length, 4);
  });

  describe('repositories inside', () => {
    const gitlink = '160000';
    const members = (changes: readonly Change[], input: Partial<PlanInput>): readonly string[] => {
      const base = { skipped: [], nested: [], flags: { assumeUnchanged: [], skipWorktree: [], sparse: [] } };
      const rest = { presentNested: [], submodules: new Map(), undoes: null, paths: [], sparse: [] };
      const found = planRestore({ changes, target: base, ...rest, ignoredByTarget: new Set(), ...input }).members;
      return found.map(({ path, to }) => `${path}: ${Object.values(to).join(' ')}`);
    };
    const saved = {
      nested: ['lib', 'sub', 'broken'],
      members: [
        { path: 'lib', id: '1' },
        { path: 'sub', id: '2' },
        { path: 'broken', id: null, reason: 'git cannot open it' },
      ],
    };

    it('go back to the checkpoint that the record names, a submodule that was clean to its commit', () => {
      const submodules = new Map([
        ['sub', 'present'],
        ['clean', 'commit'],
        ['broken', 'present'],
      ]);
      const input = { ...target(saved), presentNested: ['lib', 'sub', 'clean', 'broken'], submodules };
      assert.deepEqual(members([], input), ['clean: commit commit', 'lib: checkpoint 1', 'sub: checkpoint 2']);
      assert.deepEqual(plan([], input), ['broken: nested-repository']);
    });

    it('a submodule moved on and staged since goes back to the commit it was at; one that came since is left', () => {
      const changes = [change('modified', 'moved', gitlink), change('deleted', 'came', gitlink)];
      const submodules = new Map([['came', 'present']]);
      assert.deepEqual(members(changes, { submodules }), ['moved: commit to']);
      assert.deepEqual(plan(changes, { submodules }), ['came: nested-repository']);
    });

    it('a nested repository that came since is left as it is, and said to be', () => {
      assert.deepEqual(plan([], { presentNested: ['new'] }), ['new: nested-repository']);
      assert.deepEqual(plan([], { presentNested: ['new'], paths: ['other'] }), []);
    });

    it('are selected by a path around them, and by one inside', () => {
      const input = target(saved);
      assert.deepEqual(members([], { ...input, paths: ['lib/file', 'sub2'] }), ['lib: checkpoint 1']);
      assert.deepEqual(members([], { ...input, paths: ['sub/'] }), ['sub: checkpoint 2']);
      assert.deepEqual(pathsInside(['lib/a', 'lib/b/c', 'x'], 'lib'), ['a', 'b/c']);
      assert.deepEqual(pathsInside(['deep'], 'deep/lib'), []);
      assert.equal(pathsInside(['deep/li'], 'deep/lib'), null);
    });

    it('an undo takes back what its reset did there, and nothing else', () => {
      const undoes = { set: 'S', members: ['sub'] };
      const submodules = new Map([['clean', 'commit']]);
      assert.deepEqual(members([], { ...target(saved), submodules, undoes }), ['sub: undo S']);
    });
  });
});
