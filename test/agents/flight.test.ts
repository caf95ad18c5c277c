import assert from 'node:assert/strict';
import { flyClaude, type FlightOptions } from '../support/flight/claudeFlight.ts';
import { flyCodex } from '../support/flight/codexFlight.ts';

const plain = (seed: number): Omit<FlightOptions, 'withSoftLanding'> => ({ seed });

// `npm run bench flight` flies forty of each.
for (const { agent, fly, alone, landed } of [
  // A window whose rates are known, and a budget of the person's.
  { agent: 'Claude Code', fly: flyClaude, alone: [2], landed: [plain(2), plain(3)] },
  // A window that three responses use up, and an account that nothing was learned of before.
  { agent: 'Codex', fly: flyCodex, alone: [2], landed: [plain(6), { seed: 2, isNewAccount: true }] },
]) {
  describe(`a flight of the real ${agent} whose limit falls in mid-refactor`, function () {
    this.timeout(120_000);

    for (const seed of alone) {
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

    it(`ends broken where it is not told; one reset brings it back to green (seed ${alone[0]})`, async () => {
      const flight = await fly({ seed: alone[0] ?? 0, withSoftLanding: true, isUntold: true });
      assert.deepEqual(flight.surprises, []);
      assert.deepEqual([flight.wasRefused, flight.isGreen, flight.advisedAt], [true, false, null]);
      assert.ok(flight.isGreenAfterReset);
      assert.ok(flight.recoveryMs !== null);
      assert.deepEqual(flight.lost, []);
    });

    for (const options of landed) {
      const account = options.isNewAccount === true ? ', new account' : '';
      it(`is told in time, lands, and loses nothing (seed ${options.seed}${account})`, async () => {
        const flight = await fly({ ...options, withSoftLanding: true });
        assert.deepEqual(flight.surprises, []);
        assert.ok(flight.advisedAt !== null && flight.advisedAt < 1, String(flight.advisedAt));
        assert.ok(flight.isGreen);
        assert.ok(flight.versions > 8, String(flight.versions));
        assert.deepEqual(flight.lost, []);
      });
    }
  });
}
