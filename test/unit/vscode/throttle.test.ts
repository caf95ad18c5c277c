import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Throttle } from '../../../src/vscode/throttle.ts';

describe('throttle', () => {
  it('does at once what is asked for first, and as one what is asked for soon after', async () => {
    let done = 0;
    const throttle = new Throttle(40, () => (done += 1));
    throttle.ask();
    await wait(5);
    assert.equal(done, 1);
    for (let time = 0; time < 5; time += 1) throttle.ask();
    await wait(5);
    assert.equal(done, 1);
    await wait(60);
    assert.equal(done, 2);
  });

  it('goes on though the clock is set back', async () => {
    let done = 0;
    const throttle = new Throttle(20, () => (done += 1));
    throttle.ask();
    await wait(5);
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    try {
      throttle.ask();
      await wait(50);
    } finally {
      Date.now = now;
      throttle.dispose();
    }
    assert.equal(done, 2);
  });

  it('does nothing any more once it is disposed of', async () => {
    let done = 0;
    const throttle = new Throttle(1, () => (done += 1));
    throttle.ask();
    throttle.dispose();
    await wait(10);
    assert.equal(done, 0);
  });
});
