import assert from 'node:assert/strict';
import { said } from '../../../src/protocol/sentence.ts';
import type { CheckpointRecord } from '../../../src/checkpoints/record/checkpointRecord.ts';
import {
  checkpointOfMessage,
  commitMessage,
  parseCommit,
  whyNotCommit,
} from '../../../src/checkpoints/commit/commitPlan.ts';

const record: CheckpointRecord = {
  v: 1,
  id: '20260102T030405006Z-abcdef',
  kind: 'manual',
  agent: null,
  session: null,
  prompt: null,
  tool: null,
  worktree: 'main',
  head: null,
  branch: 'main',
  staged: null,
  unmerged: [],
  intentToAdd: [],
  nested: [],
  skipped: [],
  changedFiles: 0,
  flags: { assumeUnchanged: [], skipWorktree: [], sparse: [] },
};

describe('commit plan', () => {
  it('names the commit after what the checkpoint is for', () => {
    const subject = (kind: CheckpointRecord['kind'], label: string) => commitMessage({ kind, label }, 'x')[0];
    assert.equal(subject('prompt', 'Add a login page'), 'Checkpoint: Before Add a login page');
    assert.equal(subject('tool', 'Before Edit src/a.ts'), 'Checkpoint: Before Edit src/a.ts');
    assert.equal(subject('turn', 'End of the turn'), 'Checkpoint: End of the turn');
    assert.equal(subject('turn', 'Add a login page'), 'Checkpoint: After Add a login page');
    assert.equal(subject('session', 'Start of the session'), 'Checkpoint: Start of the session');
    assert.equal(subject('manual', 'Before lunch'), 'Checkpoint: Before lunch');
    assert.equal(subject('ambient', 'Before a burst of edits'), 'Checkpoint: Before a burst of edits');
  });

  it('knows its own commits again, and nobody else’s', () => {
    const message = (...paragraphs: string[]) => `${paragraphs.join('\n\n')}\n`;
    const [subject = '', trailer = ''] = commitMessage({ kind: 'manual', label: 'x' }, record.id);
    assert.equal(checkpointOfMessage(message(subject, trailer)), record.id);
    for (const other of [
      message('My own words', trailer),
      message(subject, 'My own words', trailer),
      message(subject, `${trailer}\nSigned-off-by: me`),
      message(subject),
      message(subject, 'Soft-Landing-Checkpoint: nonsense'),
      message(trailer),
    ]) {
      assert.equal(checkpointOfMessage(other), null, other);
    }
  });

  it('reads a commit object', () => {
    const text = 'tree T\nparent A\nparent B\nauthor x <y> 1 +0000\ngpgsig -----\n tree no\n\nsubject\n\nparent no\n';
    assert.deepEqual(parseCommit(text), { tree: 'T', parents: ['A', 'B'], message: 'subject\n\nparent no\n' });
    assert.deepEqual(parseCommit('tree T\nauthor x\n'), { tree: 'T', parents: [], message: '' });
  });

  it('has a reason and a sentence for each guard', () => {
    assert.equal(whyNotCommit(record, null), null);
    const reason = (changed: Partial<CheckpointRecord>, operation: string | null = null) =>
      whyNotCommit({ ...record, ...changed }, operation);
    assert.deepEqual(reason({}, 'merge'), {
      reason: 'operation-in-progress',
      ...said('A {0} is in progress; finish or abort it first.', 'merge'),
    });
    assert.equal(reason({ branch: null })?.reason, 'detached-head');
    assert.match(reason({ nested: ['s\xc3\xbcb'] })?.message ?? '', /^süb is a repository of its own/);
    assert.equal(reason({ outsideGit: true })?.reason, 'outside-git');
    const unmerged = {
      path: 'a',
      modes: ['', '', ''] as [string, string, string],
      oids: ['', '', ''] as [string, string, string],
    };
    assert.equal(reason({ unmerged: [unmerged] })?.reason, 'unmerged');
  });
});
