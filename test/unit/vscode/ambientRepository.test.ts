import assert from 'node:assert/strict';
import { succeed } from '../../../src/protocol/result.ts';
import { AmbientRepository } from '../../../src/vscode/ambient/ambientRepository.ts';

describe('ambient checkpoints of a repository', () => {
  it('are made before edits although the clock was set back since the last ones', async () => {
    let saves = 0;
    const repository = new AmbientRepository({
      inBackground: () => {
        saves += 1;
        return Promise.resolve(succeed({ id: 'a', unchanged: true } as never));
      },
      newest: () => undefined,
      isResetting: () => false,
      quietMs: () => 30_000,
      info: () => undefined,
      warn: () => undefined,
    });
    const [wall, monotonic] = [Date.now, performance.now.bind(performance)];
    try {
      await repository.before(1000);
      Date.now = () => wall() - 3_600_000;
      // Later than edits that belong together lie apart.
      performance.now = () => monotonic() + 60_000;
      await repository.before(1000);
    } finally {
      Date.now = wall;
      performance.now = monotonic;
      repository.dispose();
    }
    assert.equal(saves, 2);
  });
});
