import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../../src/store/fileLock.ts';
import { cliPath } from '../../support/softLanding.ts';
import { useLabs, value } from './lab.ts';
import { addSubmodule, nest, save, statesOf } from './sets.ts';

describe('a reset of several repositories killed at any of its git commands', function () {
  this.timeout(180_000);
  const make = useLabs();
  const base = { 'a.txt': '1\n', 'b.txt': '1\n' };
  const kills = 12;

  it('leaves each one repaired, or to be undone with the one around them', async () => {
    assert.ok(existsSync(cliPath), 'dist/cli.cjs is missing: run `npm run build` first.');
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', base);
    const nested = nest(lab, 'nested', base);
    const deep = nest(nested, 'deep', base);
    deep.write('a.txt', 'human\n');
    sub.write('a.txt', 'human\n');
    sub.git('add', 'a.txt');
    const all = [lab, sub, nested, deep];
    const checkpoints = await lab.open();
    const { id } = await save(checkpoints);
    const human = statesOf(all);
    for (const repository of all) {
      repository.write('a.txt', 'agent\n');
      repository.write('new.txt', 'agent\n');
    }
    sub.git('reset', '-q');
    const agent = statesOf(all);

    const counter = join(lab.outer, 'calls');
    /** Runs the reset and kills it when it starts its git command number `at`; answers whether it came that far. */
    const resetKilledAt = async (at: number): Promise<boolean> => {
      rmSync(counter, { force: true });
      rmSync(`${counter}.done`, { recursive: true, force: true });
      return lab.withGit(
        // Commands run side by side, so none may see the very number; the folder lets only one of them kill.
        `echo $$ >> '${counter}'
        if [ "$(wc -l < '${counter}')" -ge ${at} ] && mkdir '${counter}.done' 2>/dev/null; then kill -9 $PPID; exit 1; fi
        cd "$OLDPWD" && exec "$real" "$@"`,
        async () => {
          const args = [cliPath, 'checkpoint', 'restore', id, '--repo', lab.dir];
          const child = spawn(process.execPath, args, { cwd: lab.dir, env: { ...process.env }, stdio: 'ignore' });
          await once(child, 'exit');
          // A git that ran beside the one at which it was killed goes on to its end; what it leaves is what is looked at.
          const pids = readFileSync(counter, 'utf8').trim().split('\n').map(Number);
          while (pids.some(isAlive)) await sleep(5);
          return child.signalCode === 'SIGKILL';
        },
      );
    };

    // Twice: what the first one learns (git's version, the index's flags) the next one need not ask.
    for (let round = 0; round < 2; round++) {
      assert.equal(await resetKilledAt(100_000), false);
      assert.deepEqual(statesOf(all), human);
      value(await checkpoints.undo());
      assert.deepEqual(statesOf(all), agent);
    }
    const calls = readFileSync(counter, 'utf8').trim().split('\n').length;
    const half: string[] = [];
    for (let at = 4; at < calls; at += Math.ceil(calls / kills)) {
      const isKilled = await resetKilledAt(at);
      // The repositories are looked at side by side, and what one run has learned the next one need not ask: it may end much sooner,
      // but in the first third of a reset something is still to be done.
      assert.ok(isKilled || at > calls / 3, `not killed at git command ${at} of ${calls}`);
      const now = statesOf(all);
      const changed = now.map((state, of) => JSON.stringify(state) !== JSON.stringify(agent[of]));
      half.push(changed.map((is) => (is ? 'x' : '-')).join(''));
      // Whatever it is that was cut off is repaired by whoever comes next.
      const undone = await checkpoints.undo();
      if (!undone.ok) assert.equal(undone.failure.reason, 'nothing-to-undo');
      assert.deepEqual(statesOf(all), agent, `killed at git command ${at} of ${calls}`);
      for (const repository of all) {
        const gitDir = repository.git('rev-parse', '--absolute-git-dir').trim();
        assert.equal(existsSync(join(gitDir, 'index.lock')), false);
        assert.equal(existsSync(join(gitDir, 'soft-landing', 'restore.json')), false, `${repository.dir} at ${at}`);
        repository.assertSound();
      }
    }
    // Or nothing was tried: some were killed before anything was changed, some with the first repository done and others not.
    assert.ok(half.includes('----') && new Set(half).size >= 3, half.join());
  });
});
