import assert from 'node:assert/strict';
import { OneAtATime } from '../../../src/store/oneAtATime.ts';

describe('work that is done one at a time', () => {
  /** Looks at the world, and takes as long as it is told until it keeps what it saw. */
  class Looker {
    world = 0;
    seen = -1;
    looks = 0;
    readonly ends: (() => void)[] = [];
    readonly looking = new OneAtATime(async () => {
      const saw = this.world;
      this.looks += 1;
      await new Promise<void>((resolve) => this.ends.push(resolve));
      this.seen = saw;
    });
  }
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('keeps no older picture over a newer one, and does for all who ask meanwhile the same one more', async () => {
    const looker = new Looker();
    const first = looker.looking.do();
    looker.world = 1;
    const later = [looker.looking.do(), looker.looking.do()];
    await settled();
    assert.equal(looker.looks, 1);
    looker.ends[0]?.();
    await first;
    assert.equal(looker.seen, 0);
    await settled();
    looker.ends[1]?.();
    await Promise.all(later);
    assert.deepEqual([looker.seen, looker.looks], [1, 2]);
  });

  it('goes on after a failure, which only those who asked for it are told', async () => {
    let times = 0;
    const work = new OneAtATime(async () => {
      await settled();
      times += 1;
      if (times === 1) throw new Error('the first');
    });
    const first = work.do();
    const second = work.do();
    await assert.rejects(first, /the first/);
    await second;
    await work.do();
    assert.equal(times, 3);
  });
});
