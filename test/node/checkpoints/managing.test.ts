import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkpointRef,
  newCheckpointId,
  writeTag,
  type StoredCheckpoint,
} from '../../../src/checkpoints/record/checkpointRecord.ts';
import { listCheckpoints } from '../../../src/checkpoints/record/checkpointList.ts';
import type { CheckpointKind } from '../../../src/protocol/checkpoint.ts';
import { failure, useLabs, value, type Lab } from './lab.ts';
import { idsOf, several, theirs } from './managed.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('managing checkpoints', () => {
  const make = useLabs();

  /** Gives a checkpoint another time (and kind): what time does to them, without waiting. */
  async function moveTo(lab: Lab, id: string, age: number, kind?: CheckpointKind): Promise<string> {
    const { repository } = await lab.open();
    const found = (await listCheckpoints(repository)).find(({ record }) => record.id === id);
    assert.ok(found);
    const createdAt = Date.now() - age;
    const moved = newCheckpointId(createdAt, id.slice(-6));
    const record: StoredCheckpoint['record'] = { ...found.record, id: moved, kind: kind ?? found.record.kind };
    const tag = lab.gitWith({ input: writeTag(found.tree, record, found.label, createdAt) }, 'mktag').trim();
    const base = checkpointRef(record.worktree, id);
    for (const ref of lab.refsOfOurs().filter((line) => line.startsWith(`${base}/`))) {
      const [name = '', oid = ''] = ref.split(' ');
      lab.git('update-ref', name.replace(id, moved), name.endsWith('/w') ? tag : oid);
      lab.git('update-ref', '-d', name);
    }
    return moved;
  }

  describe('pin and rename', () => {
    it('change what is listed, and nothing of the user', async () => {
      const lab = make({ 'a.txt': '1\n' });
      const [first = '', second = ''] = await several(lab, 2);
      const checkpoints = await lab.open();
      const before = theirs(lab);
      const [, listed] = value(await checkpoints.list());
      assert.equal(listed?.pinned, false);

      const pinned = value(await checkpoints.keeping.pin(first, true));
      assert.deepEqual(pinned, { ...listed, pinned: true });
      const renamed = value(await checkpoints.keeping.rename(first, '  wörds\nof mine '));
      assert.deepEqual(renamed, { ...pinned, label: 'wörds' });
      assert.deepEqual(value(await checkpoints.list())[1], renamed);
      assert.deepEqual(await idsOf(checkpoints), [second, first]);
      assert.deepEqual(value(await checkpoints.keeping.pin(first, false)), { ...renamed, pinned: false });
      assert.deepEqual(theirs(lab), before);
      lab.assertSound();
    });

    it('leave the record as it was when a pin is taken back', async () => {
      const lab = make({ 'a.txt': '1\n' });
      const [id = ''] = await several(lab, 1);
      const refs = lab.refsOfOurs();
      const checkpoints = await lab.open();
      value(await checkpoints.keeping.pin(id, true));
      assert.notDeepEqual(lab.refsOfOurs(), refs);
      value(await checkpoints.keeping.pin(id, true));
      value(await checkpoints.keeping.pin(id, false));
      assert.deepEqual(lab.refsOfOurs(), refs);
    });

    it('tell open editors, and leave reset and undo as they were', async () => {
      const lab = make({ 'a.txt': '1\n' });
      const [id = ''] = await several(lab, 1);
      const then = lab.state();
      lab.write('a.txt', 'agent\n');
      const agent = lab.state();
      const checkpoints = await lab.open();
      const news = (): string => readFileSync(join(lab.dir, '.git', 'soft-landing', 'last.json'), 'utf8');
      const restored = value(await checkpoints.restore(id));
      value(await checkpoints.keeping.pin(restored.safety ?? '', true));
      const heard = news();
      value(await checkpoints.keeping.rename(restored.safety ?? '', 'the agent’s'));
      value(await checkpoints.keeping.rename(id, 'mine'));
      assert.notEqual(news(), heard);
      assert.deepEqual(lab.state(), then);
      value(await checkpoints.undo());
      assert.deepEqual(lab.state(), agent);
    });

    it('are refused where the id names none, or several', async () => {
      const lab = make({ 'a.txt': '1\n' });
      await several(lab, 2);
      const checkpoints = await lab.open();
      const refs = lab.refsOfOurs();
      assert.equal(failure(await checkpoints.keeping.pin('nope', true)).reason, 'not-found');
      assert.equal(failure(await checkpoints.keeping.rename('', 'x')).reason, 'not-found');
      assert.equal(failure(await checkpoints.keeping.pin('2', true)).reason, 'ambiguous-id');
      assert.deepEqual(lab.refsOfOurs(), refs);
    });
  });

  describe('prune', () => {
    it('deletes what the policy says, says so first, and touches nothing else', async () => {
      const lab = make({ 'a.txt': '1\n' });
      const ids = await several(lab, 8);
      const [expired, old, pinned, manual, safety, future, recent, newest] = [
        await moveTo(lab, ids[0] ?? '', 40 * day, 'tool'),
        await moveTo(lab, ids[1] ?? '', 35 * day, 'safety'),
        await moveTo(lab, ids[2] ?? '', 50 * day, 'tool'),
        await moveTo(lab, ids[3] ?? '', 60 * day, 'manual'),
        await moveTo(lab, ids[4] ?? '', 6 * day, 'safety'),
        await moveTo(lab, ids[5] ?? '', -100 * day, 'tool'),
        await moveTo(lab, ids[6] ?? '', hour, 'prompt'),
        ids[7] ?? '',
      ];
      const checkpoints = await lab.open();
      value(await checkpoints.keeping.pin(pinned, true));
      const before = theirs(lab);
      const refs = lab.refsOfOurs();

      const plan = value(await checkpoints.keeping.prune({ dryRun: true }));
      assert.deepEqual(
        plan.deleted.map(({ id }) => id),
        [old, expired],
      );
      assert.equal(plan.kept, 6);
      assert.ok(plan.bytes > 0 && plan.freedBytes > 0);
      assert.deepEqual(lab.refsOfOurs(), refs);

      assert.deepEqual(value(await checkpoints.keeping.prune()), plan);
      assert.deepEqual(await idsOf(checkpoints), [future, newest, recent, safety, pinned, manual]);
      assert.deepEqual(theirs(lab), before);
      const again = value(await checkpoints.keeping.prune());
      assert.deepEqual([again.deleted, again.kept, again.bytes, again.freedBytes], [[], 6, plan.bytes, 0]);
    });

    it('keeps the safety checkpoint that undo needs, however old', async () => {
      const lab = make({ 'a.txt': '1\n' });
      const [id = ''] = await several(lab, 1);
      lab.write('a.txt', 'agent\n');
      const checkpoints = await lab.open();
      const { safety } = value(await checkpoints.restore(id));
      const moved = await moveTo(lab, safety ?? '', 90 * day);
      lab.write('a.txt', 'later\n');
      value(await checkpoints.create({ kind: 'tool', label: 'later' }));
      assert.deepEqual(value(await checkpoints.keeping.prune()).deleted, []);
      assert.equal(value(await checkpoints.undo()).restored, moved);
      assert.equal(lab.read('a.txt'), 'agent\n');
      // Taken back now, so that nothing needs it any more.
      assert.deepEqual(
        value(await checkpoints.keeping.prune()).deleted.map((gone) => gone.id),
        [moved],
      );
    });

    it('on no checkpoint at all, before the first commit', async () => {
      const lab = make(null);
      const checkpoints = await lab.open();
      const nothing = value(await checkpoints.keeping.prune());
      assert.deepEqual({ ...nothing, policy: null }, { deleted: [], kept: 0, bytes: 0, freedBytes: 0, policy: null });
      lab.write('a.txt', 'x\n');
      await lab.create();
      const { kept, bytes } = value(await checkpoints.keeping.prune());
      assert.equal(kept, 1);
      assert.ok(bytes > 0);
    });
  });

  it('the bytes on disk are those that checkpoints add, not those of the repository or of another branch', async () => {
    const lab = make({ 'a.txt': '1\n' });
    // Does not compress.
    const noise = (seed: number): string =>
      Array.from({ length: 50_000 }, (_, at) => Math.sin(at * 7.1 + seed).toString(36)).join('');
    lab.write('large.bin', noise(1));
    lab.commit('large');
    lab.write('a.txt', 'small change\n');
    await lab.create();
    const checkpoints = await lab.open();
    const use = async (): Promise<number> => value(await checkpoints.keeping.prune({ dryRun: true })).bytes;
    const small = await use();
    assert.ok(small > 0 && small < 2000, String(small));
    // From a HEAD that has none of it, it still is in the commit that the checkpoint was made on.
    lab.git('stash', '-q');
    lab.git('switch', '-q', '-c', 'old', 'HEAD~1');
    assert.equal(await use(), small);
    lab.write('untracked.bin', noise(2));
    await lab.create();
    assert.ok((await use()) > 100_000);
    // A commit that is gone does not count, and does not hinder.
    lab.git('update-ref', '-d', `refs/soft-landing/heads/${lab.git('rev-parse', 'main').trim()}`);
    lab.git('stash', 'drop', '-q');
    lab.git('branch', '-q', '-D', 'main');
    lab.git('reflog', 'expire', '--expire=now', '--all');
    lab.git('gc', '-q', '--prune=now');
    assert.ok((await use()) > 200_000);
  });
});
