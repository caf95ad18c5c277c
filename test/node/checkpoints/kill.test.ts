import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliPath } from '../../support/softLanding.ts';
import { failure, useLabs, value, type Entries, type Lab } from './lab.ts';

/**
 * Kills the command line program at a moment anywhere in its run. It leads a process group, and the git it has started leads one of
 * its own: so the git lives on, as it does when an editor or an agent kills its child.
 */
describe('a command killed at any moment', function () {
  this.timeout(120_000);
  const make = useLabs();
  const kills = 40;
  const fileCount = 60;
  const name = (at: number): string => `dir ${at % 7}/file ${at}.txt`;

  function fill(lab: Lab, who: string): void {
    for (let at = 0; at < fileCount; at++) lab.write(name(at), `${who} ${at}\n`.repeat(200));
  }

  /** Whether it was still running when it was killed. */
  async function runAndKill(lab: Lab, args: readonly string[], afterMs: number): Promise<boolean> {
    const child = spawn(process.execPath, [cliPath, 'checkpoint', ...args, '--json', '--repo', lab.dir], {
      cwd: lab.dir,
      stdio: 'ignore',
      detached: true,
    });
    const ended = once(child, 'exit');
    await Promise.race([ended, sleep(afterMs)]);
    const pid = child.pid;
    assert.ok(pid !== undefined);
    const wasRunning = child.exitCode === null;
    if (wasRunning) process.kill(-pid, 'SIGKILL');
    await ended;
    return wasRunning;
  }

  async function durationOf(lab: Lab, args: readonly string[]): Promise<number> {
    const started = performance.now();
    assert.equal(await runAndKill(lab, args, 30_000), false);
    return performance.now() - started;
  }

  function phase(lab: Lab): string {
    const journal = join(lab.dir, '.git', 'soft-landing', 'restore.json');
    if (!existsSync(journal)) return 'none';
    const match = /"phase":"(\w+)"/.exec(readFileSync(journal, 'utf8'));
    return match?.[1] ?? 'torn';
  }

  it(`loses nothing and hinders nobody (${kills} kills of create, restore and undo)`, async () => {
    assert.ok(existsSync(cliPath), 'dist/cli.cjs is missing: run `npm run build` first.');
    const lab = make({ 'README.md': 'r\n', '.gitignore': 'x.log\n' });
    fill(lab, 'base');
    lab.commit('base');
    fill(lab, 'human');
    lab.git('add', name(1), name(2));
    lab.write('untracked.txt', 'human\n');
    const human = lab.state();
    const { id } = await lab.create('human');
    fill(lab, 'agent');
    lab.git('add', name(3));
    lab.delete('untracked.txt');
    lab.write('agent.txt', 'agent\n');
    const agent = lab.state();
    const checkpoints = await lab.open();

    // How long each takes here and now; then kills are spread evenly over that time, the start of Node left out.
    const durations = {
      create: await durationOf(lab, ['create']),
      restore: await durationOf(lab, ['restore', id]),
      undo: await durationOf(lab, ['undo']),
    };
    assert.deepEqual(lab.state(), agent);
    const start = await durationOf(lab, ['list']);
    const counts: Record<string, number> = {};
    const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);

    let killed = 0;
    for (let kill = 0; killed < kills; kill++) {
      assert.ok(kill < 3 * kills, 'the commands end before they can be killed');
      const what = (['restore', 'undo', 'create', 'restore', 'undo'] as const)[kill % 5] ?? 'create';
      if (what === 'undo') value(await checkpoints.restore(id));
      if (what === 'create') lab.write('README.md', `round ${kill}\n`);
      const before = lab.state();
      const goal = what === 'restore' ? human : what === 'undo' ? agent : before;
      const from = start * 0.4;
      // Spread evenly by the golden ratio; the root puts more of them into the second half, where files are changed.
      const moment = from + (durations[what] - from) * Math.sqrt((kill * 0.618_034) % 1);
      const wasKilled = await runAndKill(lab, what === 'restore' ? ['restore', id] : [what], moment);
      if (wasKilled) killed++;
      // The machine is faster now than when it was measured.
      else durations[what] = Math.max(from + 20, durations[what] * 0.85);
      count(wasKilled ? `killed ${what}` : 'too late');
      count(`phase ${phase(lab)}`);

      // The next command, whichever it is, waits for the git that was left behind, and clears up.
      const next = kill % 2 === 0 ? await checkpoints.create({ kind: 'manual', label: `after kill ${kill}` }) : null;
      if (next && kill % 8 === 0) assert.equal(value(next).tree, lab.treeOfAddAll());
      if (next) assertNothingLost(lab.files(), before.files, goal.files);

      // Back to the agent's state, by undo where a reset was cut off or done.
      const undone = await checkpoints.undo();
      if (what === 'create') {
        assert.equal(failure(undone).reason, 'nothing-to-undo');
        assert.deepEqual(lab.state(), before);
        lab.write('README.md', 'r\n');
      } else if (undone.ok) {
        count('undone after');
        assert.deepEqual(lab.state(), agent, `the undo after a killed ${what}`);
      } else {
        assert.equal(undone.failure.reason, 'nothing-to-undo');
        // Then the reset had not begun, or the undo was finished.
        assert.deepEqual(lab.state(), agent, `after a killed ${what} that left nothing to undo`);
      }
      assert.deepEqual(lab.state(), agent);
      assert.deepEqual(leftovers(lab), [], `after killing ${what}`);
      if (kill % 8 === 0) lab.assertSound();
    }
    lab.assertSound();
    console.log(`      ${JSON.stringify(counts)}`);
    for (const what of ['killed create', 'killed restore', 'killed undo', 'phase applying', 'undone after']) {
      assert.ok((counts[what] ?? 0) > 0, `never happened: ${what}`);
    }
  });

  it('is followed by one that waits for the git it left behind', async () => {
    const lab = make({ '.gitattributes': 'slow filter=slow\n' });
    lab.git('config', 'filter.slow.smudge', 'sleep 1.5; cat');
    for (const file of ['a.txt', 'slow', 'z.txt']) lab.write(file, 'human\n');
    const human = lab.files();
    const { id } = await lab.create('human');
    for (const file of ['a.txt', 'slow', 'z.txt']) lab.write(file, 'agent\n');
    const agent = lab.state();
    const command = [cliPath, 'checkpoint', 'restore', id, '--repo', lab.dir];
    const child = spawn(process.execPath, command, { stdio: 'ignore', detached: true });
    const ended = once(child, 'exit');
    // The first file is written and the second one in the making.
    // git takes a file away before it writes the new one: in between there is none to read.
    const isWritten = (): boolean => existsSync(join(lab.dir, 'a.txt')) && lab.read('a.txt') === 'human\n';
    const written = async (): Promise<boolean> => Promise.resolve().then(isWritten, () => false);
    while (!(await written())) await sleep(10);
    assert.ok(child.pid !== undefined && child.exitCode === null);
    process.kill(-child.pid, 'SIGKILL');
    await ended;
    assert.equal(phase(lab), 'applying');
    assert.equal(lab.read('z.txt'), 'agent\n');

    const next = await (await lab.open()).create({ kind: 'manual', label: 'after the kill' });
    assert.deepEqual(lab.files(), human);
    assert.equal(value(next).tree, lab.treeOfAddAll());
    value(await (await lab.open()).undo());
    assert.deepEqual(lab.state(), agent);
    assert.deepEqual(leftovers(lab), []);
  });

  function leftovers(lab: Lab): string[] {
    const isLeft = (path: string): boolean => /lock|^soft-landing\/(?!(?:last|flags)\.json$)/.test(path);
    const own = Object.keys(lab.at(join(lab.dir, '.git', 'soft-landing')).files()).map(
      (path) => `soft-landing/${path}`,
    );
    return [...Object.keys(lab.gitFolder()), ...own].filter(isLeft);
  }

  function assertNothingLost(now: Entries, before: Entries, goal: Entries): void {
    for (const path of new Set([...Object.keys(now), ...Object.keys(before), ...Object.keys(goal)])) {
      assert.ok(now[path] === before[path] || now[path] === goal[path], `${path} is neither as before nor as meant`);
    }
  }
});
