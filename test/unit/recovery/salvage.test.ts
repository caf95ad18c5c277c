import assert from 'node:assert/strict';
import type { CodePiece } from '../../../src/agents/workItem.ts';
import { goOnTime, resumeCommand, waitFor } from '../../../src/recovery/goOn.ts';
import { salvage } from '../../../src/recovery/salvage.ts';

const call = (tool: string, ...pieces: CodePiece[]) => ({
  kind: 'call' as const,
  at: 1,
  id: 'x',
  tool,
  summary: tool,
  files: [],
  pieces,
  todo: null,
});
const whole = (path: string, text: string): CodePiece => ({ path, form: 'whole', text, before: null });

describe('salvaging code of calls that never ran', () => {
  it('gives files names of our own: what an agent says leads nowhere', () => {
    const hostile = [
      '../../etc/passwd',
      '/home/other/.bashrc',
      'C:\\Windows\\x.dll',
      'a b;rm -rf.ts',
      '..',
      '',
      'ü',
      `${'long'.repeat(100)}.ts`,
    ];
    const saved = salvage(
      hostile.map((path) => call('Write', whole(path, 'x'))),
      () => null,
    );
    const names = saved.flatMap(({ files }) => files.map(({ name }) => name));
    assert.equal(names.length, hostile.length);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^\d\d-[\w-][\w.-]{0,80}$/);
  });

  it('keeps a replacement with what it replaces, and a patch as it is', () => {
    const edit: CodePiece = { path: 'a.ts', form: 'replacement', text: 'new', before: 'old' };
    const patch: CodePiece = { path: null, form: 'patch', text: '*** Begin Patch', before: null };
    const files = salvage([call('Edit', edit), call('apply_patch', patch)], () => null).flatMap((each) => each.files);
    assert.deepEqual(files, [
      { name: '01-a.ts.before.txt', content: 'old' },
      { name: '01-a.ts.after.txt', content: 'new' },
      { name: '02-apply_patch.patch', content: '*** Begin Patch' },
    ]);
  });

  it('sees that a call took effect although nobody said so', () => {
    const isThere = (piece: CodePiece, content: string | null) =>
      salvage([call('Edit', piece)], () => content)[0]?.isInTree;
    const edit: CodePiece = { path: 'a.ts', form: 'replacement', text: 'a + b', before: 'a - b' };
    assert.equal(isThere(edit, 'return a + b;'), true);
    assert.equal(isThere(edit, 'return a - b;'), false);
    assert.equal(isThere(edit, 'a + b; a - b'), false);
    assert.equal(isThere(whole('a.ts', 'text'), 'text'), true);
    assert.equal(isThere(whole('a.ts', 'text'), 'text\n'), false);
    assert.equal(isThere(whole('a.ts', 'text'), null), false);
    assert.equal(salvage([call('Bash')], () => '')[0]?.isInTree, false);
  });
});

describe('going on', () => {
  it('resumes by the session’s id, and gives a shell nothing else', () => {
    assert.equal(resumeCommand({ agent: 'claude', sessionId: 'ab-12' }), 'claude --resume ab-12');
    assert.equal(resumeCommand({ agent: 'codex', sessionId: 'ab' }), 'codex resume ab');
    assert.equal(resumeCommand({ agent: 'opencode', sessionId: 'ses_1' }), 'opencode --session ses_1');
    for (const sessionId of ['$(reboot)', 'a b', '', ';ls', 'x'.repeat(200)])
      assert.equal(resumeCommand({ agent: 'claude', sessionId }), null);
    assert.equal(resumeCommand({ agent: 'unknown', sessionId: 'ab' }), null);
  });

  it('is a minute after the reset, or now where that is past or not known', () => {
    assert.equal(goOnTime({ resetsAt: 1000 }, 0), 61_000);
    assert.equal(goOnTime({ resetsAt: 1000 }, 100_000), 100_000);
    assert.equal(goOnTime({ resetsAt: null }, 5), 5);
  });

  it('is looked for at least every half minute, whatever the clock does', () => {
    assert.equal(waitFor(1e12, 0), 30_000);
    assert.equal(waitFor(100, 90), 10);
    assert.equal(waitFor(100, 900), 0);
  });
});
