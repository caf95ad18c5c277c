import assert from 'node:assert/strict';
import type { StateFolderFacts } from '../../../src/doctor/facts.ts';
import { stateFindings } from '../../../src/doctor/stateFindings.ts';

const healthy: StateFolderFacts = {
  path: '/state',
  state: 'readable',
  mode: 0o700,
  isWritable: true,
  freeBytes: 1e12,
  bytes: 1000,
  isMore: false,
  damaged: [],
  lostFolders: [],
};

describe('findings about the state folder', () => {
  it('tell of checkpoints whose folder is gone, without calling that a problem', () => {
    const lostFolders = [
      { folder: '/gone', store: '/state/stores/1' },
      { folder: '/moved', store: '/state/stores/2' },
    ];
    const [, found, ...others] = stateFindings({ ...healthy, lostFolders });
    assert.deepEqual(others, []);
    assert.deepEqual([found?.level, found?.title], ['note', 'Checkpoints of 2 folders that are not there']);
    assert.match(found?.fix ?? '', /mkdir -p '\/gone'.*rm -r '\/state\/stores\/1'/);
    assert.equal(stateFindings(healthy).length, 1);
  });
});
