import assert from 'node:assert/strict';
import { flyClaude } from '../support/flight/claudeFlight.ts';

// `npm run bench flight` flies forty of each.
describe('flights of the real Claude Code whose limit falls in mid-refactor', function () {
  this.timeout(360_000);

  for (const seed of [2, 3]) {
    it(`ends broken without us (seed ${seed})`, async () => {
      const flight = await flyClaude({ seed, withSoftLanding: false });
      assert.deepEqual(flight.surprises, []);
      assert.deepEqual(
        { refused: flight.wasRefused, midChunk: flight.wasMidChunk, green: flight.isGreen, advised: flight.advisedAt },
        { refused: true, midChunk: true, green: false, advised: null },
      );
    });
  }

  for (const seed of [2, 3, 4, 5]) {
    it(`is told in time, lands, and loses nothing (seed ${seed})`, async () => {
      const flight = await flyClaude({ seed, withSoftLanding: true });
      assert.deepEqual(flight.surprises, []);
      assert.ok(flight.advisedAt !== null && flight.advisedAt < 1, String(flight.advisedAt));
      assert.ok(flight.isGreenAfterReset);
      assert.ok(flight.versions > 8, String(flight.versions));
      assert.deepEqual(flight.lost, []);
    });
  }
});
