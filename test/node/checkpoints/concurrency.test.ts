import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { gitEnvironment } from '../../support/repository.ts';
import { cliPath, softLandingJson } from '../../support/softLanding.ts';
import { useLabs, value, type Lab } from './lab.ts';

const run = promisify(execFile);

interface Created {
  readonly id: string;
  readonly tree: string;
  readonly unchanged: boolean;
}

describe('several at once', function () {
  this.timeout(120_000);
  const make = useLabs();

  before(() => assert.ok(existsSync(cliPath), 'dist/cli.cjs is missing: run `npm run build` first.'));

  const command = <Report>(lab: Lab, ...args: string[]): Promise<Report> =>
    softLandingJson<Report>({ args: ['checkpoint', ...args], cwd: lab.dir, env: process.env });

  it('8 processes creating: one makes the checkpoint, the others say unchanged, and all mean the same', async () => {
    const lab = make({ 'a.txt': 'a\n' });
    lab.write('a.txt', 'edited\n');
    const expected = lab.treeOfAddAll();
    const all = await Promise.all(Array.from({ length: 8 }, () => command<Created>(lab, 'create')));
    assert.deepEqual(new Set(all.map((made) => made.tree)), new Set([expected]));
    assert.equal(all.filter((made) => !made.unchanged).length, 1);
    assert.equal(new Set(all.map((made) => made.id)).size, 1);
    assert.equal(value(await (await lab.open()).list()).length, 1);
    lab.assertSound();
  });

  it('processes that create, reset and take back leave a state that somebody wanted', async () => {
    const lab = make({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
    const first = await lab.create('first');
    lab.write('a.txt', 'two\n');
    lab.write('b.txt', 'two\n');
    const second = await lab.create('second');
    await Promise.all([
      command(lab, 'restore', first.id),
      command(lab, 'create'),
      command(lab, 'restore', second.id),
      command(lab, 'create'),
      command(lab, 'restore', first.id),
    ]);
    assert.ok([first.tree, second.tree].includes(lab.treeOfAddAll()));
    const checkpoints = await lab.open();
    for (let count = 0; count < 3; count++) value(await checkpoints.undo());
    assert.equal(lab.treeOfAddAll(), second.tree, 'all undone: as it was before');
    assert.deepEqual(lab.index().length, 2);
    lab.assertSound();
  });

  it("never makes a user's git fail", async () => {
    const lab = make({ 'a.txt': 'a\n' });
    const checkpoints = await lab.open();
    const rounds = 40;
    let isOver = false;
    let made = 0;
    const background = async (): Promise<void> => {
      while (!isOver) {
        const result = await checkpoints.create({ kind: 'tool', label: 'background' });
        // "busy" alone may happen: the index kept changing under all of its looks.
        if (result.ok) made += result.value.unchanged ? 0 : 1;
        else assert.equal(result.failure.reason, 'busy', result.failure.message);
      }
    };
    const user = async (): Promise<void> => {
      const git = (...args: string[]) =>
        // The user's own git takes its optional locks.
        run('git', args, { cwd: lab.dir, env: { ...gitEnvironment(), GIT_OPTIONAL_LOCKS: '1' } });
      try {
        for (let round = 0; round < rounds; round++) {
          lab.write('a.txt', `round ${round}\n`);
          lab.write(`new ${round}.txt`, 'n\n');
          await git('add', '-A');
          await git('status');
          await git('commit', '-q', '-m', `round ${round}`);
        }
      } finally {
        isOver = true;
      }
    };
    await Promise.all([user(), background()]);
    assert.equal(lab.git('rev-list', '--count', 'HEAD').trim(), String(rounds + 1));
    assert.ok(made >= 5, `only ${made} checkpoints were made meanwhile`);
    assert.equal(lab.git('status', '--porcelain'), '');
    // Each checkpoint is one that can be gone back to.
    for (const checkpoint of value(await checkpoints.list())) {
      assert.match(lab.git('ls-tree', '--name-only', checkpoint.tree), /^a\.txt$/m);
    }
    lab.assertSound();
  });
});
