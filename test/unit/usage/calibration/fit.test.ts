import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitWeights, predicted } from '../../../../src/usage/calibration/fit.ts';
import { inverse } from '../../../../src/usage/calibration/matrix.ts';
import { seededRandom } from '../../../support/seededRandom.ts';

const width = 5;

/** Rises that these weights explain, plus what `extra` says. */
function samples(weights: readonly number[], count: number, extra: (index: number) => number = () => 0) {
  const random = seededRandom(7);
  const rows = Float64Array.from({ length: count * width }, () => random.between(0, 2));
  const points = Float64Array.from({ length: count }, (_, index) => {
    const exact = weights.reduce((sum, weight, column) => sum + weight * (rows[index * width + column] ?? 0), 0);
    return exact + extra(index);
  });
  return { points, rows, width };
}

const near = (actual: Float64Array, expected: readonly number[], tolerance: number) => {
  for (const [index, value] of expected.entries()) {
    assert.ok(
      Math.abs((actual[index] ?? NaN) - value) <= tolerance,
      `${Array.from(actual).join()} for ${expected.join()}`,
    );
  }
};

describe('the fit', () => {
  it('finds weights that are far from prices', () => {
    near(fitWeights(samples([1, 8, 0, 3, 0], 400), 0.01), [1, 8, 0, 3, 0], 0.4);
  });

  it('finds that only the number of requests counts', () => {
    near(fitWeights(samples([0, 0, 0, 0, 3], 400), 0.01), [0, 0, 0, 0, 3], 0.2);
  });

  it('stays near prices while there is little to learn from', () => {
    const one = fitWeights({ points: Float64Array.of(6), rows: Float64Array.of(1, 1, 1, 0, 1), width }, 1);
    const [a = NaN, , c = NaN] = one;
    assert.ok(Math.abs(a - c) < 1e-6 && a > 0);
  });

  it('does not charge to tokens what was used elsewhere', () => {
    const truth = [2, 2, 2, 2, 0];
    near(
      fitWeights(
        samples(truth, 400, (index) => (index % 10 === 0 ? 40 : 0)),
        1,
      ),
      truth,
      0.4,
    );
  });

  it('never has a negative weight, or one that is no number', () => {
    const anything = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 6, maxLength: 120 });
    fc.assert(
      fc.property(anything, (values) => {
        const count = Math.floor(values.length / 6);
        const rows = Float64Array.from(values.slice(0, count * width));
        const points = Float64Array.from(values.slice(count * width, count * 6));
        const weights = fitWeights({ points, rows, width }, 1);
        assert.ok(
          weights.every((weight) => weight >= 0 && Number.isFinite(weight)),
          weights.join(),
        );
        assert.ok(predicted(weights, rows) >= 0);
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});

describe('the inverse of a matrix', () => {
  it('undoes it', () => {
    const matrix = Float64Array.of(4, 1, 0, 1, 3, 1, 0, 1, 2);
    const other = inverse(matrix, 3);
    for (const row of [0, 1, 2]) {
      for (const column of [0, 1, 2]) {
        const value = [0, 1, 2].reduce(
          (sum, each) => sum + (matrix[row * 3 + each] ?? 0) * (other[each * 3 + column] ?? 0),
          0,
        );
        assert.ok(Math.abs(value - (row === column ? 1 : 0)) < 1e-12);
      }
    }
  });
});
