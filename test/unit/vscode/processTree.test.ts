import assert from 'node:assert/strict';
import { descendsFrom, parseParents } from '../../../src/vscode/plan/processTree.ts';

describe('the tree of processes', () => {
  it('is read as ps prints it, and what is broken is passed over', () => {
    const parents = parseParents('    1     0\n  200     1\nnonsense\n 3000   200 \n');
    assert.deepEqual(
      [...parents],
      [
        [1, 0],
        [200, 1],
        [3000, 200],
      ],
    );
  });

  it('tells whose descendant a process is, also where the numbers go in a circle', () => {
    const parents = new Map([
      [1, 0],
      [10, 1],
      [20, 10],
      [30, 1],
      [40, 41],
      [41, 40],
    ]);
    assert.equal(descendsFrom(parents, 20, 10), true);
    assert.equal(descendsFrom(parents, 10, 10), true);
    assert.equal(descendsFrom(parents, 30, 10), false);
    assert.equal(descendsFrom(parents, 40, 10), false);
    assert.equal(descendsFrom(new Map(), 20, 10), false);
  });
});
