import assert from 'node:assert/strict';
import { filesOfPatch } from '../../../src/agents/patchFiles.ts';

describe('the files that a patch names', () => {
  it('are those it changes, adds, deletes and moves, each once', () => {
    const patch = [
      '*** Begin Patch',
      '*** Update File: src/a b.ts',
      '*** Move to: src/c.ts',
      '@@',
      '+*** Add File: not/this.ts',
      ' *** Delete File: nor/this.ts',
      '*** Add File: d.ts\r',
      '*** Delete File: e.ts',
      '*** Update File: e.ts',
      '*** End Patch',
    ].join('\n');
    assert.deepEqual(filesOfPatch(patch), ['src/a b.ts', 'src/c.ts', 'd.ts', 'e.ts']);
  });

  it('are none in what is no patch', () => {
    for (const text of ['', 'rm -rf x', '*** Update File: ', '*** Begin Patch'])
      assert.deepEqual(filesOfPatch(text), []);
  });
});
