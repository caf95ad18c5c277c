import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, rmSync, statSync, truncateSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { missingObjects, newObject, unseenObjects } from '../../../src/checkpoints/git/objects.ts';
import { writeObjects } from '../../../src/checkpoints/git/writeObjects.ts';
import { killWithChildren } from '../../support/killedProcess.ts';
import { cliPath } from '../../support/softLanding.ts';
import { useLabs, value, type Lab } from './lab.ts';

describe('checkpoints with many new objects', () => {
  const make = useLabs();

  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number);

  function repository(initOptions: readonly string[] = []): Lab {
    const lab = make(Object.fromEntries(numbers(70).map((number) => [`${number}/f.txt`, 'before\n'])), initOptions);
    lab.git('gc', '-q');
    return lab;
  }

  function edit(lab: Lab, count: number, content: string): void {
    for (const number of numbers(count)) lab.write(`${number}/f.txt`, `${content} ${number}\n`);
  }

  const packs = (lab: Lab): readonly string[] =>
    readdirSync(join(lab.dir, '.git', 'objects', 'pack')).filter((name) => name.endsWith('.pack'));

  const looseObjects = (lab: Lab): number => Number(/^\d+/.exec(lab.git('count-objects'))?.[0]);

  for (const format of ['sha1', 'sha256']) {
    it(`keep them in one pack (${format}), which lasts, and later ones add only what is new`, async () => {
      const lab = repository([`--object-format=${format}`]);
      const before = lab.state();
      const first = await lab.create();
      edit(lab, 70, 'agent');
      const [agents, loose] = [lab.state(), looseObjects(lab)];
      const second = await lab.create();
      assert.equal(second.tree, lab.treeOfAddAll());
      assert.equal(packs(lab).length, 2);
      assert.equal(looseObjects(lab), loose);

      lab.write('0/f.txt', 'once more\n');
      await lab.create();
      assert.equal(packs(lab).length, 2);
      // A blob, its folder, the root, a tag.
      assert.equal(looseObjects(lab), loose + 4);

      const checkpoints = await lab.open();
      value(await checkpoints.restore(second.id));
      assert.deepEqual(lab.state(), agents);
      lab.git('gc', '-q', '--prune=now');
      lab.assertSound();
      value(await checkpoints.restore(first.id));
      assert.deepEqual(lab.state(), before);
      value(await checkpoints.undo());
      assert.deepEqual(lab.state(), agents);
      lab.assertSound();
    });
  }

  it('save a state that comes again without writing anything', async () => {
    const lab = repository();
    edit(lab, 70, 'agent');
    const first = await lab.create();
    const objects = lab.git('count-objects', '-v');
    // So young that their times prove nothing: the trees are put together again, and compared with what is there.
    assert.equal((await lab.create()).id, first.id);
    assert.equal(lab.git('count-objects', '-v'), objects);
  });

  it('are written anew where a clean-up took the pack before a ref named it', async () => {
    const lab = repository();
    edit(lab, 70, 'agent');
    const checkpoints = await lab.open();
    const script = [
      'case "$*" in *index-pack*)',
      '  "$real" "$@" || exit',
      // Once: the pack that has just come, not the user's.
      '  if [ ! -e ../taken ]; then touch ../taken; rm -f $(ls -t .git/objects/pack/pack-* | head -2); fi',
      '  exit 0;;',
      'esac',
      'exec "$real" "$@"',
    ].join('\n');
    const made = value(await lab.withGit(script, () => checkpoints.create({ kind: 'manual', label: 'beside a gc' })));
    assert.ok(lab.exists('../taken'));
    assert.equal(made.tree, lab.treeOfAddAll());
    lab.assertSound();
    assert.equal(value(await checkpoints.list()).length, 1);
  });

  it('lose nothing, and leave nothing that git would not clear away, when killed in the middle of it', async () => {
    const lab = repository();
    const folder = join(lab.dir, '.git', 'objects', 'pack');
    const checkpoints = await lab.open();
    const kills = 10;
    let killed = 0;
    for (let round = 0; round < kills; round++) {
      edit(lab, 70, `round ${round}`);
      const command = [cliPath, 'checkpoint', 'create', '--json', '--repo', lab.dir];
      const child = spawn(process.execPath, command, { cwd: lab.dir, stdio: 'ignore', detached: true });
      const ended = once(child, 'exit');
      const watcher = watch(folder);
      const begun = once(watcher, 'change').then(() => true);
      assert.ok(await Promise.race([begun, ended.then(() => false)]), 'no pack was begun');
      await sleep(round / 2);
      if (child.exitCode === null && child.pid !== undefined) {
        killWithChildren(child.pid);
        killed++;
      }
      await ended;
      watcher.close();
      lab.assertSound();
      // Whether or not it had got its name.
      assert.equal(value(await checkpoints.create({ kind: 'manual', label: 'after' })).tree, lab.treeOfAddAll());
    }
    assert.ok(killed >= kills / 2, `only ${killed} were in time`);
    lab.git('gc', '-q', '--prune=now');
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('tmp_')),
      [],
    );
    lab.assertSound();
    const all = value(await checkpoints.list());
    assert.ok(all.length >= kills && all.length <= 2 * kills);
    for (const { tree } of all) lab.git('rev-list', '--objects', tree);
  });

  it('give the pack the permissions that the repository is shared with', async () => {
    const lab = repository();
    lab.git('config', 'core.sharedRepository', '0640');
    edit(lab, 70, 'agent');
    const before = new Set(packs(lab));
    await lab.create();
    const [fresh] = packs(lab).filter((name) => !before.has(name));
    assert.ok(fresh);
    assert.equal(statSync(join(lab.dir, '.git', 'objects', 'pack', fresh)).mode & 0o777, 0o440);
  });

  it('are missed as soon as a file of their pack is gone, empty or torn', async () => {
    const lab = repository();
    const { repository: opened } = await lab.open();
    const objects = numbers(100).map((number) => newObject(opened, 'blob', Buffer.from(`blob ${number}`)));
    const oids = objects.map(({ oid }) => oid);
    const spoil: readonly ((pack: string) => void)[] = [
      (pack) => rmSync(pack, { force: true }),
      (pack) => truncateSync(pack),
      (pack) => rmSync(pack.replace(/pack$/, 'idx'), { force: true }),
      (pack) => truncateSync(pack.replace(/pack$/, 'idx'), 1500),
    ];
    const folder = join(lab.dir, '.git', 'objects', 'pack');
    for (const how of spoil) {
      const before = new Set(packs(lab));
      await writeObjects(opened, objects);
      assert.deepEqual(unseenObjects(opened, oids), []);
      const [fresh = ''] = packs(lab).filter((name) => !before.has(name));
      for (const kind of ['pack', 'idx']) chmodSync(join(folder, fresh.replace(/pack$/, kind)), 0o600);
      how(join(folder, fresh));
      assert.deepEqual(await missingObjects(opened, oids), oids);
      for (const kind of ['pack', 'idx']) rmSync(join(folder, fresh.replace(/pack$/, kind)), { force: true });
    }
  });
});
