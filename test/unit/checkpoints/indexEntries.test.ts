import assert from 'node:assert/strict';
import { parseIndexEntries } from '../../../src/checkpoints/git/indexEntries.ts';

// As git 2.39.5 prints it.
const known = (seconds: number, size: number): string =>
  `  ctime: ${seconds}:1\n  mtime: ${seconds}:180477894\n  dev: 65024\tino: 2375683\n  uid: 0\tgid: 0\n  size: ${size}\tflags: 0\n`;
const oid = '954ccb0b8153b1ad62deeb7d57d8957fc261bbef';

describe('the entries of an index', () => {
  it('are told with what is known of the file', () => {
    const text = `100644 ${oid} 0\ta b.txt\0${known(1_795_859_246, 49)}100755 ${oid} 2\tline\nbreak\t.sh\0${known(0, 0)}`;
    assert.deepEqual(
      parseIndexEntries(text).map(({ path, mode, oid: blob, stage, seconds, nanoseconds, size }) => [
        path,
        mode,
        blob,
        stage,
        seconds,
        nanoseconds,
        size,
      ]),
      [
        ['a b.txt', '100644', oid, '0', '1795859246', '180477894', 49],
        ['line\nbreak\t.sh', '100755', oid, '2', '0', '180477894', 0],
      ],
    );
  });

  it('are none of nothing, and end where the text does', () => {
    assert.deepEqual(parseIndexEntries(''), []);
    assert.deepEqual(parseIndexEntries('100644 '), []);
    assert.equal(parseIndexEntries(`100644 ${oid} 0\ta\0  ctime: 1:1\n  mti`).length, 1);
  });
});
