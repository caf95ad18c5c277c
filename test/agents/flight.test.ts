import assert from 'node:assert/strict';
import { flyClaude } from '../support/flight/claudeFlight.ts';
import { flyCodex } from '../support/flight/codexFlight.ts';

// `npm run bench flight` flies forty of each.
for (const [agent, fly] of [
  ['Claude Code', flyClaude],
  ['Codex', flyCodex],
] as const) {
  describe(`a flight of the real ${agent} whose limit falls in mid-refactor`, function () {
    this.timeout(360_000);

    for (const seed of [2, 3]) {
      it(`ends broken without us (seed ${seed})`, async () => {
        const flight = await fly({ seed, withSoftLanding: false });
        assert.deepEqual(flight.surprises, []);
        assert.deepEqual(
          {
            refused: flight.wasRefused,
            midChunk: flight.wasMidChunk,
            green: flight.isGreen,
            advised: flight.advisedAt,
          },
          { refused: true, midChunk: true, green: false, advised: null },
        );
      });
    }

    for (const seed of [2, 3, 5]) {
      it(`is told in time, lands, and loses nothing (seed ${seed})`, async () => {
        const flight = await fly({ seed, withSoftLanding: true });
        assert.deepEqual(flight.surprises, []);
        assert.ok(flight.advisedAt !== null && flight.advisedAt < 1, String(flight.advisedAt));
        assert.ok(flight.isGreenAfterReset);
        assert.ok(flight.versions > 8, String(flight.versions));
        assert.deepEqual(flight.lost, []);
      });
    }
  });
}
