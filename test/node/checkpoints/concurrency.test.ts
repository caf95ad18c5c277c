import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { gitEnvironment } from '../../support/repository.ts';
import { cliPath, softLandingJson } from '../../support/softLanding.ts';
import { useLabs, value, type Lab } from './lab.ts';
import { addAllTree } from './recordedState.ts';

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

  it('24 processes, each after an edit of its own: all succeed, and every checkpoint is whole', async () => {
    const lab = make({ 'a.txt': 'a\n', '.gitignore': '*.log\n' });
    const numbers = Array.from({ length: 24 }, (_, number) => number);
    const all = await Promise.all(
      numbers.map(async (number) => {
        lab.write(`dir ${number % 5}/by ${number}.txt`, `${number}\n`);
        return command<Created>(lab, 'create', '--label', `of ${number}`);
      }),
    );
    for (const [number, { tree }] of all.entries()) {
      assert.equal(lab.git('cat-file', 'blob', `${tree}:dir ${number % 5}/by ${number}.txt`), `${number}\n`);
    }
    const made = all.filter(({ unchanged }) => !unchanged);
    assert.equal(new Set(made.map(({ id }) => id)).size, made.length);
    const list = value(await (await lab.open()).list());
    assert.deepEqual(list.map(({ id }) => id).sort(), made.map(({ id }) => id).sort());
    for (const { ref } of list) assertWhole(lab, ref);
    assert.equal(list[0]?.tree, addAllTree(lab), 'the newest one has them all');
    lab.assertSound();
  });

  /** Runs what a user does, and beside it creates checkpoints until that is over; `ended` waits for so many of them to end. */
  async function beside(
    lab: Lab,
    work: (git: (...args: string[]) => Promise<void>, ended: (creates: number) => Promise<void>) => Promise<void>,
  ): Promise<{
    readonly created: number;
    readonly refused: readonly string[];
    readonly userFailures: readonly string[];
  }> {
    const checkpoints = await lab.open();
    const env = { ...gitEnvironment(), GIT_OPTIONAL_LOCKS: '1' };
    const [refused, userFailures] = [[] as string[], [] as string[]];
    let [created, unchanged, commands] = [0, 0, 0];
    const ends = new EventEmitter();
    let isOver = false;
    const user = work(
      async (...args) => {
        commands++;
        // The user's own git takes its optional locks.
        await run('git', args, { cwd: lab.dir, env }).catch((error: unknown) => userFailures.push(String(error)));
      },
      async (creates) => {
        for (let left = creates; left > 0; left--) await once(ends, 'end');
      },
    ).finally(() => (isOver = true));
    // Read by a function, because it changes while a checkpoint is waited for.
    for (const goesOn = (): boolean => !isOver; goesOn();) {
      const result = await checkpoints.create({ kind: 'tool', label: 'background' });
      if (!result.ok) refused.push(`${result.failure.reason}: ${result.failure.message}`);
      else if (result.value.unchanged) unchanged++;
      else created++;
      ends.emit('end');
    }
    await user;
    const counts = { created, unchanged, refused: refused.length, commands, 'commands failed': userFailures.length };
    console.log(`      ${[JSON.stringify(counts), ...refused, ...userFailures].join('\n      ').slice(0, 2000)}`);
    return { created, refused, userFailures };
  }

  /** git finds everything that the checkpoint consists of. */
  function assertWhole(lab: Lab, ref: string): void {
    lab.git('rev-list', '--objects', '--quiet', ref);
  }

  it("never makes a user's git fail, nor is made to fail by it", async () => {
    const lab = make({ 'a.txt': 'a\n' });
    const rounds = 40;
    const counts = await beside(lab, async (git) => {
      for (let round = 0; round < rounds; round++) {
        lab.write('a.txt', `round ${round}\n`);
        lab.write(`new ${round}.txt`, 'n\n');
        await git('add', '-A');
        await git('status');
        await git('commit', '-q', '-m', `round ${round}`);
        if (round % 4 !== 0) continue;
        lab.write('a.txt', `put aside ${round}\n`);
        await git('stash', 'push', '-q');
        await git('stash', 'pop', '-q');
        await git('checkout', '-q', 'a.txt');
      }
    });
    assert.deepEqual(counts.userFailures, []);
    // The index was replaced under all of its looks: on a crowded machine that may happen, and nothing else may.
    assert.ok(counts.refused.every((words) => words.startsWith('busy: ')) && counts.refused.length <= 2);
    assert.ok(counts.created >= 5, `only ${counts.created} checkpoints were made meanwhile`);
    assert.equal(lab.git('rev-list', '--count', 'HEAD').trim(), String(rounds + 1));
    assert.equal(lab.git('status', '--porcelain'), '');
    // Each checkpoint is one that can be gone back to. git takes a.txt away for an instant when it puts another in its place.
    const listed = value(await (await lab.open()).list());
    for (const checkpoint of listed) assertWhole(lab, checkpoint.ref);
    const without = listed.filter(({ tree }) => !/^a\.txt$/m.test(lab.git('ls-tree', '--name-only', tree)));
    assert.ok(without.length <= listed.length / 5, `${without.length} of ${listed.length} are without a.txt`);
    lab.assertSound();
  });

  it('presents no damaged checkpoint as good, though git gc --prune=now runs all the time', async () => {
    const lab = make({ 'a.txt': 'a\n', 'dir/b.txt': 'b\n' });
    let serial = 0;
    const edit = (): void => {
      lab.write('a.txt', `a ${serial}\n`);
      lab.write('dir/b.txt', `b ${serial}\n`);
      lab.write(`new ${serial++ % 7}.txt`, `n ${serial}\n`);
    };
    const edits = setInterval(edit, 15);
    const rounds = 10;
    const counts = await beside(lab, async (git, ended) => {
      for (let round = 0; round < rounds; round++) {
        for (let times = 0; times < 2; times++) await git('gc', '--quiet', '--prune=now');
        // The second of these is begun and ended without a gc beside it: there are checkpoints to be damaged by the next ones.
        await ended(2);
      }
    }).finally(() => clearInterval(edits));
    const list = value(await (await lab.open()).list());
    assert.ok(list.length >= rounds && list.length <= counts.created, `${list.length} are left of ${counts.created}`);
    for (const { ref } of list) assertWhole(lab, ref);
    // What it could not save because that was taken away under its hands it has said.
    for (const words of counts.refused)
      assert.match(
        words,
        /^(?:damaged|failed): .*(?:gone|not read|unable to read|missing|(?:nonexistent|bad|invalid) object|bad tree)/,
      );
    // Whatever was damaged is gone, and the user's git has nothing to stumble over.
    lab.git('gc', '--quiet', '--prune=now');
    lab.assertSound();
  });
});
