import assert from 'node:assert/strict';
import { bytesText } from '../../../src/checkpoints/view/bytesText.ts';

describe('disk space in words', () => {
  for (const [bytes, english, german] of [
    [0, '0 bytes', '0 Byte'],
    [999, '999 bytes', '999 Byte'],
    [1234, '1.2 kB', '1,2 kB'],
    [999_999, '999.9 kB', '999,9 kB'],
    [1_000_000, '1.0 MB', '1,0 MB'],
    [2_345_678_901, '2.3 GB', '2,3 GB'],
  ] as const) {
    it(english, () => {
      assert.equal(bytesText(bytes), english);
      // German wants no line break before some of the units.
      assert.equal(bytesText(bytes, 'de').replaceAll('\u00a0', ' '), german);
    });
  }
});
