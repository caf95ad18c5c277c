import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newCheckpointId, writeTag, type CheckpointRecord } from '../../../src/checkpoints/record/checkpointRecord.ts';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { newObject } from '../../../src/checkpoints/git/objects.ts';
import { writeObjects } from '../../../src/checkpoints/git/writeObjects.ts';
import { useLabs, value, type Lab } from './lab.ts';

describe('listing checkpoints', () => {
  const make = useLabs();
  let lab: Lab;
  beforeEach(() => {
    lab = make({ 'a.txt': 'one\n' });
  });

  /** Every ref and label, as git itself tells them, newest first. */
  const truth = (): string[] =>
    // The lab's git answers bytes.
    Buffer.from(
      lab.git(
        'for-each-ref',
        '--sort=-refname',
        '--format=%(refname) %(contents:subject)',
        'refs/soft-landing/main/*/w',
      ),
      'latin1',
    )
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');

  const listed = async (checkpoints: Checkpoints): Promise<string[]> =>
    value(await checkpoints.list()).map(({ ref, label }) => `${ref} ${label}`);

  /** Many at once: objects by one pack, refs by one transaction. */
  async function fill(count: number): Promise<void> {
    const checkpoints = await lab.open();
    const { tree } = value(await checkpoints.create({ kind: 'manual', label: 'the first' }));
    const { repository } = checkpoints;
    const tags = Array.from({ length: count }, (_, number) => {
      const at = Date.now() - (number + 1) * 60_000;
      const id = newCheckpointId(at, number.toString(16).padStart(6, '0'));
      const record: CheckpointRecord = {
        ...{ v: 1, id, kind: 'tool', agent: 'claude', session: 's', prompt: 1, tool: 'Edit a.txt', worktree: 'main' },
        ...{ head: null, branch: 'main', staged: null, unmerged: [], intentToAdd: [], nested: [], skipped: [] },
        ...{ changedFiles: 1, flags: { assumeUnchanged: [], skipWorktree: [], sparse: [] } },
      };
      return { id, object: newObject(repository, 'tag', Buffer.from(writeTag(tree, record, `number ${number}`, at))) };
    });
    await writeObjects(
      repository,
      tags.map(({ object }) => object),
    );
    const lines = tags.map(({ id, object }) => `create refs/soft-landing/main/${id}/w ${object.oid}`);
    await repository.refs.run(['update-ref', '--stdin'], {
      input: ['start', ...lines, 'prepare', 'commit', ''].join('\n'),
    });
  }

  it('says what git says after every kind of change, in one process and in a fresh one', async () => {
    await fill(250);
    const lasting = await lab.open();
    const same = async (): Promise<void> => {
      const expected = truth();
      assert.deepEqual(await listed(lasting), expected);
      assert.deepEqual(await listed(await lab.open()), expected);
    };
    await same();
    const ids = value(await lasting.list()).map(({ id }) => id);
    const at = (number: number): string => ids[number] ?? '';

    value(await (await lab.open()).keeping.rename(at(7), 'another name'));
    await same();
    value(await lasting.keeping.pin(at(9), true));
    await same();
    assert.equal(value(await (await lab.open()).list())[9]?.pinned, true);
    value(await (await lab.open()).keeping.delete([at(3), at(4)]));
    await same();
    lab.write('a.txt', 'two\n');
    value(await lasting.create({ kind: 'manual', label: 'a new one' }));
    await same();
    value(await (await lab.open()).restore(at(0)));
    await same();

    lab.git('pack-refs', '--all', '--prune');
    await same();
    value(await lasting.keeping.rename(at(20), 'loose again, beside the packed one'));
    await same();
    lab.git('update-ref', '-d', `refs/soft-landing/main/${at(30)}/w`);
    await same();
    lab.git('gc', '--quiet', '--prune=now');
    await same();
  });

  it('forgets nothing and invents nothing when its memory is torn, gone, or of another repository', async () => {
    await fill(250);
    const expected = truth();
    const file = join(lab.dir, '.git', 'soft-landing', 'list.json');
    assert.deepEqual(await listed(await lab.open()), expected);
    const whole = readFileSync(file, 'utf8');
    for (const text of [whole.slice(0, 1000), '', '{"v":2}', '[]', whole.replace('"stamp":"', '"stamp":"x')]) {
      writeFileSync(file, text);
      assert.deepEqual(await listed(await lab.open()), expected);
    }
    rmSync(file);
    assert.deepEqual(await listed(await lab.open()), expected);
  });
});
