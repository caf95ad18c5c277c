import assert from 'node:assert/strict';
import { scoreEstimates } from '../../../support/estimateScore.ts';
import { regimes, turnHistory } from '../../../support/turnHistories.ts';

/** Others than those the method was chosen with (1 to 6, of "thin" 1 to 100). */
const seeds = [21, 22, 23, 24];
const thinSeeds = Array.from({ length: 80 }, (_, index) => 201 + index);

// Histories whose rule is known, each asked before every task with the tasks before it alone. Pinball loss punishes an estimate of a
// quantile by how far it was off; of the median and the P80 together.
describe('the estimate, tried on past tasks', () => {
  for (const effort of ['full', 'quick'] as const) {
    for (const regime of regimes) {
      it(`holds what it promises, and beats rules of thumb and the mean: ${regime.name}, ${effort}`, function () {
        this.timeout(60_000);
        const isThin = regime.turns < 50;
        const histories = (isThin ? thinSeeds : seeds).map((seed) => turnHistory(regime, seed));
        const { coverage, asked, ours, thumb, mean } = scoreEstimates(histories, isThin ? 0 : 20, effort);
        assert.ok(asked > 700);
        assert.ok(coverage >= 0.75 && coverage <= 0.85, `within P80: ${coverage}`);
        const [own, byThumb, byMean] = [ours, thumb, mean].map(({ median, p80 }) => median + p80);
        assert.ok((own ?? NaN) < (byThumb ?? NaN), `${own} against rules of thumb ${byThumb}`);
        assert.ok((own ?? NaN) < (byMean ?? NaN), `${own} against the mean ${byMean}`);
        assert.ok(ours.median < thumb.median && ours.median < mean.median);
      });
    }
  }
});
