import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliPath } from '../../support/softLanding.ts';
import type { Lab } from './lab.ts';
import { failure, value } from './lab.ts';
import { treeOfAddAll, useFolderLabs } from './folderLab.ts';
import { randomNumbers } from './randomWalk.ts';

describe('a folder without git, killed and crowded', function () {
  this.timeout(120_000);
  const make = useFolderLabs();

  it('is made once by processes that come at the same time, and every one of them saves', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const runs = Array.from({ length: 6 }, async (_, at) => {
      const child = spawn(process.execPath, [cliPath, 'checkpoint', 'create', '--label', `${at}`, '--json'], {
        cwd: lab.dir,
        env: { ...process.env, SOFT_LANDING_HOME: lab.stateFolder },
        stdio: 'ignore',
      });
      const [code] = (await once(child, 'exit')) as [number];
      return code;
    });
    assert.deepEqual(await Promise.all(runs), [0, 0, 0, 0, 0, 0]);
    assert.equal(lab.stores().length, 1);
    assert.equal(value(await (await lab.openRoot()).list()).length, 1);
    lab.assertStoreSound();
  });

  const kills = 10;
  it(`is right after each of ${kills} kills of its checkpoints`, async () => {
    const lab = make(Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`d${at % 7}/f${at}`, `${at}\n`])));
    let duration = 400;
    let killed = 0;
    let first = 0;
    for (let round = 0; round < kills; round++) {
      // Now and then the very first one, which makes the store.
      if (round % 6 === 0) {
        rmSync(lab.stateFolder, { recursive: true, force: true });
        first++;
      }
      for (let at = 0; at < 60; at += 3) lab.write(`d${at % 7}/f${at}`, `round ${round} ${at}\n`);
      lab.delete(`d${(round * 3 + 1) % 7}/f${round * 3 + 1}`);
      const started = performance.now();
      const child = spawn(process.execPath, [cliPath, 'checkpoint', 'create'], {
        cwd: lab.dir,
        env: { ...process.env, SOFT_LANDING_HOME: lab.stateFolder },
        stdio: 'ignore',
        detached: true,
      });
      const ended = once(child, 'exit');
      await Promise.race([ended, sleep(duration * (0.25 + 0.75 * ((round * 0.618_034) % 1)))]);
      if (child.exitCode === null && child.pid !== undefined) {
        killed++;
        process.kill(-child.pid, 'SIGKILL');
      } else duration = Math.max(60, (performance.now() - started) * 0.9);
      await ended;
      const before = lab.files();
      const { tree } = await lab.save(`after kill ${round}`);
      assert.equal(tree, treeOfAddAll(lab), `round ${round}`);
      assert.equal((await lab.save()).unchanged, true);
      assert.deepEqual(lab.files(), before);
      lab.assertStoreSound();
      assert.deepEqual(
        readdirSync(join(lab.stateFolder, 'stores')).filter((name) => name.startsWith('.')),
        [],
      );
    }
    assert.ok(killed >= kills / 3, `only ${killed} were killed, ${first} stores were made`);
  });

  it('is right wherever index and HEAD of the store were left', async () => {
    const lab = make({ 'a.txt': '1\n', 'b.txt': '1\n' });
    const first = await lab.save();
    const [store = ''] = lab.stores();
    const old = { head: readFileSync(join(store, 'HEAD')), index: readFileSync(join(store, 'index')) };
    const time = statSync(join(store, 'index'));
    lab.write('a.txt', '2\n');
    lab.delete('b.txt');
    lab.write('c.txt', '2\n');
    const second = await lab.save();
    const fresh = { head: readFileSync(join(store, 'HEAD')), index: readFileSync(join(store, 'index')) };
    for (const head of [old.head, fresh.head]) {
      for (const index of [old.index, fresh.index, null]) {
        writeFileSync(join(store, 'HEAD'), head);
        if (index === null) rmSync(join(store, 'index'));
        else writeFileSync(join(store, 'index'), index);
        if (index === old.index) utimesSync(join(store, 'index'), time.atime, time.mtime);
        rmSync(join(store, 'soft-landing', 'last.json'));
        const again = await lab.save();
        assert.deepEqual([again.unchanged, again.id, again.tree], [true, second.id, second.tree]);
      }
    }
    const agent = lab.files();
    const checkpoints = await lab.openRoot();
    value(await checkpoints.restore(first.id));
    value(await checkpoints.undo());
    assert.deepEqual(lab.files(), agent);
  });

  const steps = 70;
  it(`equals a recorded copy after each of ${steps} random steps`, async () => {
    const lab = make({ a: '1', 'dir/x': '1' });
    const names = [
      'a',
      'b',
      'c.txt',
      'dir/x',
      'dir/y',
      'dir/sub/z',
      'a/under',
      'sp ace',
      'dir',
      'node_modules/m',
      'x.log',
    ];
    const random = randomNumbers(20_251_124);
    const saved: { id: string; files: ReturnType<Lab['files']> }[] = [];
    const resets: { files: ReturnType<Lab['files']>; what: string }[] = [];
    const counts: Record<string, number> = {};
    const captured = (files: ReturnType<Lab['files']>) =>
      Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('node_modules/')));
    const isIn = (path: string): boolean => path === 'dir' || path.startsWith('dir/');
    const mix = (inside: ReturnType<Lab['files']>, outside: ReturnType<Lab['files']>) =>
      Object.fromEntries(
        [
          ...Object.entries(inside).filter(([path]) => isIn(path)),
          ...Object.entries(outside).filter(([path]) => !isIn(path)),
        ].sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    for (let step = 0; step < steps; step++) {
      const name = names[random(names.length)] ?? 'a';
      const what =
        ['edit', 'edit', 'edit', 'delete', 'link', 'save', 'save', 'reset', 'undo', 'path'][random(10)] ?? '';
      counts[what] = (counts[what] ?? 0) + 1;
      const checkpoints = await lab.openRoot();
      const before = lab.files();
      if (what === 'edit' || what === 'link') {
        const parts = name.split('/');
        for (let depth = 1; depth < parts.length; depth++) {
          const parent = parts.slice(0, depth).join('/');
          if (lab.exists(parent) && !lstatSync(lab.bytes(parent)).isDirectory()) lab.delete(parent);
        }
        lab.delete(name);
        if (what === 'link' && parts.length === 1) lab.link(name, 'no-such-file');
        else lab.write(name, `step ${random(4)}\n`, random(5) === 0 ? 0o755 : 0o644);
      } else if (what === 'delete') {
        if (lab.exists(name)) lab.delete(name);
      } else if (what === 'save') {
        const { id, tree } = await lab.save(`step ${step}`);
        assert.equal(tree, treeOfAddAll(lab), `step ${step}: the tree is that of git add -A`);
        saved.push({ id, files: lab.files() });
      } else if (what === 'undo') {
        const goal = resets.pop();
        const done = await checkpoints.undo();
        if (goal === undefined) assert.equal(failure(done).reason, 'nothing-to-undo');
        else {
          value(done);
          const wanted = goal.what === 'path' ? mix(goal.files, before) : goal.files;
          assert.deepEqual(captured(lab.files()), captured(wanted), `step ${step}: undo`);
        }
      } else {
        const target = saved[random(Math.max(1, saved.length))];
        if (!target) continue;
        const paths = what === 'path' ? ['dir'] : [];
        value(await checkpoints.restore(target.id, { paths }));
        resets.push({ files: before, what });
        const goal = what === 'path' ? mix(target.files, before) : target.files;
        assert.deepEqual(captured(lab.files()), captured(goal), `step ${step}: ${what}`);
      }
      if (what !== 'edit' && what !== 'delete' && what !== 'link') {
        const kept = (files: typeof before) =>
          Object.entries(files).filter(([path]) => path.startsWith('node_modules/'));
        assert.deepEqual(kept(lab.files()), kept(before), `step ${step}: what is left out stays`);
      }
    }
    lab.assertStoreSound();
    for (const what of ['edit', 'delete', 'link', 'save', 'reset', 'undo', 'path'])
      assert.ok((counts[what] ?? 0) > 2, what);
  });
});
