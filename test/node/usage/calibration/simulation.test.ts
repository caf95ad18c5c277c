import assert from 'node:assert/strict';
import { score } from '../../../support/calibrationScore.ts';
import { scenarios } from '../../../support/usageScenarios.ts';

// The whole table is `npm run bench calibration`; here each kind of difficulty once, with a fixed seed and few questions.
const chosen = [
  'reads full',
  'flat per request',
  'three models, own weights',
  'each response, up',
  'stale, starts only',
  'all at once',
];

describe('calibration against hidden weightings', () => {
  for (const name of chosen) {
    it(`is nearer to the truth than the last reading and than a block meter: ${name}`, () => {
      const scenario = scenarios.find((each) => each.name === name) ?? assert.fail(name);
      const { last, block, derived, coverage, spoken } = score({ ...scenario, days: 14 }, [21], 15);
      assert.ok(spoken >= 20, `spoke only ${spoken} times`);
      for (const other of [last, block]) {
        assert.ok(derived.mean < other.mean, `${derived.mean} is not below ${other.mean}`);
        assert.ok(derived.p95 <= other.p95, `p95 ${derived.p95} is above ${other.p95}`);
      }
      // One short run of the bench's many: the bench states the share, 90 % is the aim.
      assert.ok(coverage >= 0.75, `the truth was within the error only ${coverage * 100} % of the time`);
    });
  }

  it('is silent where most of the use is elsewhere', () => {
    const scenario = scenarios.find(({ name }) => name === 'most use elsewhere') ?? assert.fail();
    const { spoken, withdrawn } = score({ ...scenario, days: 7 }, [21], 15);
    assert.equal(spoken, 0);
    assert.equal(withdrawn, 1);
  });
});
