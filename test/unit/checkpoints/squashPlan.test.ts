import assert from 'node:assert/strict';
import {
  parseHistory,
  planSquash,
  squashMessage,
  type HistoryEntry,
} from '../../../src/checkpoints/commit/squashPlan.ts';

const id = '20260102T030405006Z-abcdef';
const ours = (commit: string, ...parents: string[]): HistoryEntry => ({
  commit,
  parents,
  message: `Checkpoint: Before ${commit}\n\nSoft-Landing-Checkpoint: ${id}\n`,
});
const theirs = (commit: string, ...parents: string[]): HistoryEntry => ({ commit, parents, message: `${commit}\n` });

describe('squash plan', () => {
  it('takes the run at the tip and counts what lies further down', () => {
    const plan = planSquash([ours('d', 'c'), ours('c', 'b'), theirs('b', 'a'), ours('a', 'z'), theirs('z')]);
    assert.deepEqual([plan?.folded.map(({ commit }) => commit), plan?.base, plan?.further], [['d', 'c'], 'b', 1]);
  });

  it('stops at a merge, reaches the root, and finds nothing where there is nothing', () => {
    assert.deepEqual(planSquash([ours('b', 'a'), ours('a', 'x', 'y')])?.base, 'a');
    assert.equal(planSquash([ours('b', 'a'), ours('a')])?.base, null);
    assert.equal(planSquash([theirs('b', 'a'), ours('a')]), null);
    assert.equal(planSquash([ours('b', 'a', 'x')]), null);
    assert.equal(planSquash([]), null);
  });

  it('reads what rev-list prints', () => {
    assert.deepEqual(parseHistory('c\0a b\0subject\n\nbody\n\0\na\0\0first\n\0\n'), [
      { commit: 'c', parents: ['a', 'b'], message: 'subject\n\nbody\n' },
      { commit: 'a', parents: [], message: 'first\n' },
    ]);
  });

  it('writes a message of its own only where there is none', () => {
    const folded = planSquash([ours('two', 'one'), ours('one')])?.folded ?? [];
    assert.equal(squashMessage('  mine\n\nbody \n', folded), 'mine\n\nbody\n');
    assert.equal(squashMessage(' ', folded), 'Squash 2 checkpoints\n\n- Before one\n- Before two\n');
    assert.match(squashMessage('', folded.slice(1)), /^Squash 1 checkpoint\n/);
  });
});
