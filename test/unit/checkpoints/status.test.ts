import assert from 'node:assert/strict';
import { parseStatus } from '../../../src/checkpoints/git/status.ts';

const oid = (digit: string): string => digit.repeat(40);
const zero = oid('0');
const index = (mode: string, indexOid: string, head = { headMode: mode, headOid: indexOid }) => {
  return { ...head, indexMode: mode, worktreeMode: mode, indexOid };
};
const notInHead = { headMode: '000000', headOid: zero };

describe('parseStatus', () => {
  it('reads every kind of line, whatever is in the names', () => {
    const text = [
      `# branch.oid ${oid('a')}`,
      '# branch.head caf\xc3\xa9',
      '# branch.upstream origin/main',
      '# branch.ab +1 -0',
      `1 .M N... 100644 100644 100644 ${oid('1')} ${oid('1')} with  two spaces `,
      `1 A. N... 000000 100644 100644 ${zero} ${oid('2')} new\nline`,
      `1 .M SCMU 160000 160000 160000 ${oid('3')} ${oid('3')} sub`,
      `u UU N... 100644 100644 100755 100644 ${oid('4')} ${oid('5')} ${oid('6')} both sides`,
      '? untracked file',
      '? nested/',
      '',
    ].join('\0');
    assert.deepEqual(parseStatus(text), {
      head: oid('a'),
      branch: 'café',
      entries: [
        { path: 'with  two spaces ', staged: '.', unstaged: 'M', submodule: 'N...', ...index('100644', oid('1')) },
        { path: 'new\nline', staged: 'A', unstaged: '.', submodule: 'N...', ...index('100644', oid('2'), notInHead) },
        { path: 'sub', staged: '.', unstaged: 'M', submodule: 'SCMU', ...index('160000', oid('3')) },
      ],
      unmerged: [{ path: 'both sides', modes: ['100644', '100644', '100755'], oids: [oid('4'), oid('5'), oid('6')] }],
      untracked: ['untracked file', 'nested/'],
    });
  });

  it('knows an unborn branch and a detached HEAD', () => {
    const unborn = parseStatus('# branch.oid (initial)\0# branch.head main\0');
    assert.deepEqual([unborn.head, unborn.branch], [null, 'main']);
    const detached = parseStatus(`# branch.oid ${oid('a')}\0# branch.head (detached)\0`);
    assert.deepEqual([detached.head, detached.branch], [oid('a'), null]);
  });
});
