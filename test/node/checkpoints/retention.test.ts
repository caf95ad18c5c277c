import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { addedBytes } from '../../../src/checkpoints/keep/diskUse.ts';
import { listCheckpoints } from '../../../src/checkpoints/record/checkpointList.ts';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import type { RetentionPolicy } from '../../../src/checkpoints/keep/retention.ts';
import { useLabs, value, type Lab } from './lab.ts';

/** Does not compress. */
function noise(seed: number): string {
  return Array.from({ length: 10_000 }, (_, at) => Math.sin(at * 7.1 + seed).toString(36)).join('');
}

describe('the retention policy of a working tree', () => {
  const make = useLabs();

  /** Automatic checkpoints, oldest first, each with a large file of its own. */
  async function large(lab: Lab, count: number): Promise<string[]> {
    const checkpoints = await lab.open();
    const ids: string[] = [];
    for (let at = 0; at < count; at++) {
      lab.write('large.bin', noise(at));
      ids.push(value(await checkpoints.create({ kind: 'tool', tool: 'Edit', label: `number ${at}` })).id);
    }
    return ids;
  }

  async function setPolicy(checkpoints: Checkpoints, changed: Partial<RetentionPolicy>): Promise<void> {
    const { retention } = value(await checkpoints.settings());
    value(await checkpoints.changeSettings({ retention: { ...retention, ...changed } }));
  }

  const listed = async (checkpoints: Checkpoints): Promise<string[]> =>
    value(await checkpoints.list()).map(({ id }) => id);

  it('is the one that is set for it', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const ids = await large(lab, 5);
    const checkpoints = await lab.open();
    assert.deepEqual(value(await checkpoints.keeping.prune({ dryRun: true })).deleted, []);
    await setPolicy(checkpoints, { maxCount: 2 });
    const plan = value(await checkpoints.keeping.prune({ dryRun: true }));
    assert.equal(plan.policy.maxCount, 2);
    assert.deepEqual(
      plan.deleted.map(({ id, reason }) => [id, reason]),
      [ids[2], ids[1], ids[0]].map((id) => [id, 'too-many']),
    );
    // Everybody who opens this working tree prunes by it.
    value(await (await lab.open()).keeping.prune());
    assert.deepEqual(await listed(checkpoints), [ids[4], ids[3]]);
  });

  it('lets the oldest automatic ones go until all together are small enough', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const ids = await large(lab, 6);
    const checkpoints = await lab.open();
    value(await checkpoints.keeping.pin(ids[1] ?? '', true));
    const all = value(await checkpoints.keeping.measure());
    assert.equal(all.count, 6);
    const one = all.bytes / 6;
    await setPolicy(checkpoints, { maxBytes: Math.round(3.5 * one) });

    const plan = value(await checkpoints.keeping.prune({ dryRun: true }));
    assert.deepEqual(
      plan.deleted.map(({ id, reason }) => [id, reason]),
      [ids[3], ids[2], ids[0]].map((id) => [id, 'too-large']),
    );
    assert.ok(plan.bytes <= 3.5 * one && plan.bytes > 2.5 * one, `${plan.bytes} of ${all.bytes}`);
    assert.equal(plan.bytes + plan.freedBytes, all.bytes);
    value(await checkpoints.keeping.prune());
    assert.deepEqual(value(await checkpoints.keeping.measure()), { count: 3, bytes: plan.bytes });
    assert.deepEqual(await listed(checkpoints), [ids[5], ids[4], ids[1]]);

    // Where even all of them are not enough, the others stay: they are the user's.
    await setPolicy(checkpoints, { maxBytes: 1 });
    value(await checkpoints.keeping.prune());
    assert.deepEqual(await listed(checkpoints), [ids[5], ids[1]]);
  });

  it('deletes nothing but what was agreed to', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const ids = await large(lab, 4);
    const checkpoints = await lab.open();
    await setPolicy(checkpoints, { maxCount: 1 });
    const some = [ids[0] ?? '', ids[3] ?? '', 'no-such-id'];
    const { deleted, kept } = value(await checkpoints.keeping.prune({ only: some }));
    // The newest was named, but the policy keeps it.
    assert.deepEqual([deleted.map(({ id }) => id), kept], [[ids[0]], 3]);
    assert.deepEqual(await listed(checkpoints), [ids[3], ids[2], ids[1]]);
  });

  it('works unasked only after a person has agreed, and only once in a while', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const ids = await large(lab, 3);
    const checkpoints = await lab.open();
    await setPolicy(checkpoints, { maxCount: 2 });
    const refs = lab.refsOfOurs();
    assert.equal(value(await checkpoints.keeping.pruneIfDue(24)), null);
    assert.deepEqual(lab.refsOfOurs(), refs);

    value(await checkpoints.changeSettings({ pruningApproved: true }));
    assert.deepEqual(
      value(await checkpoints.keeping.pruneIfDue(24))?.deleted.map(({ id }) => id),
      [ids[0]],
    );
    await setPolicy(checkpoints, { maxCount: 1 });
    assert.equal(value(await checkpoints.keeping.pruneIfDue(24)), null);
    assert.equal(value(await (await lab.open()).keeping.pruneIfDue(24)), null);
    const stamp = join(lab.dir, '.git', 'soft-landing', 'pruned');
    const dayAgo = Date.now() / 1000 - 25 * 3600;
    utimesSync(stamp, dayAgo, dayAgo);
    assert.equal(value(await checkpoints.keeping.pruneIfDue(24))?.deleted.length, 1);
    // Of a clock that was set back since.
    utimesSync(stamp, dayAgo + 999_999, dayAgo + 999_999);
    assert.deepEqual(value(await checkpoints.keeping.pruneIfDue(24))?.deleted, []);
  });

  it('is kept beside the other settings', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const checkpoints = await lab.open();
    value(await checkpoints.changeSettings({ pruningApproved: true }));
    await setPolicy(checkpoints, { hourlyDays: 3 });
    const { pruningApproved, retention, mode } = value(await checkpoints.settings());
    assert.deepEqual([pruningApproved, retention.hourlyDays, retention.maxCount, mode], [true, 3, 500, 'hidden']);
  });

  it('measures what each checkpoint adds to those before it', async () => {
    const lab = make({ 'a.txt': '1\n' });
    await large(lab, 3);
    const { repository } = await lab.open();
    // The first one's content again, and beside it another one that is only staged.
    lab.write('large.bin', noise(9));
    lab.git('add', 'large.bin');
    lab.write('large.bin', noise(0));
    await lab.create();
    const newestFirst = await listCheckpoints(repository);
    const added = await addedBytes(repository, newestFirst);
    assert.equal(added.length, 4);
    const [again = 0, third = 0, , first = 0] = added;
    assert.ok(again > 1.9 * third && third > 10_000 && first < 1000, String(added));
    const oldestFirst = await addedBytes(repository, newestFirst.toReversed());
    assert.ok((oldestFirst[3] ?? 0) < 1.1 * third, String(oldestFirst));
    const total = (all: readonly number[]): number => all.reduce((sum, bytes) => sum + bytes, 0);
    assert.equal(total(added), total(oldestFirst));
  });
});
