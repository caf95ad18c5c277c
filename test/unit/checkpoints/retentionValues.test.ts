import assert from 'node:assert/strict';
import { retentionOf } from '../../../src/checkpoints/keep/retentionValues.ts';

describe('retention values of the settings', () => {
  it('takes later layers over earlier ones, part by part', () => {
    const { policy, ignored } = retentionOf([{ allHours: 24, maxCount: 500 }, undefined, { allHours: 2 }, null]);
    assert.deepEqual(policy, { allHours: 2, maxCount: 500 });
    assert.deepEqual(ignored, []);
  });

  it('counts megabytes as bytes', () => {
    assert.deepEqual(retentionOf([{ maxMegabytes: 3 }]).policy, { maxBytes: 3_000_000 });
  });

  it('passes over what is wrong, tells it, and keeps the rest and the layer below', () => {
    const { policy, ignored } = retentionOf([
      { hourlyDays: 7 },
      { allHours: -1, hourlyDays: 'a week', dailyDays: 1.5, maxCount: 0, maxMegabytes: 10, other: 1 },
      ['a list'],
      'words',
    ]);
    assert.deepEqual(policy, { hourlyDays: 7, maxBytes: 10_000_000 });
    assert.deepEqual(
      ignored.map((text) => text.split(':')[0]),
      ['allHours', 'hourlyDays', 'dailyDays', 'maxCount', 'other', 'it is no object', 'it is no object'],
    );
  });
});
