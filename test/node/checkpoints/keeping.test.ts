import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, useLabs, value, type Lab } from './lab.ts';

describe('checkpoints once they are made', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', '.gitignore': '*.log\n' };

  it('survives reflog expiry and gc --prune=now, and stays out of sight', async () => {
    const lab = make(base);
    const seen = (): string =>
      lab.git('log', '--all', '--format=%H %D') + lab.git('branch', '-a') + lab.git('tag') + lab.git('stash', 'list');
    const before = seen();
    lab.write('a.txt', 'staged\n');
    lab.git('add', 'a.txt');
    lab.write('a.txt', 'edited\n');
    lab.write('new.txt', 'n\n');
    const state = lab.state();
    const { id } = await lab.create();
    assert.equal(seen(), before);
    lab.git('reset', '-q', '--hard');
    lab.delete('new.txt');
    lab.git('reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all');
    lab.git('gc', '-q', '--prune=now');
    lab.git('repack', '-Adfq');
    lab.git('prune', '--expire=now');
    lab.assertSound();
    value(await (await lab.open()).restore(id));
    assert.deepEqual(lab.state(), state);
  });

  it('keeps the commit it was made on alive, and the staged content, when the agent throws both away', async () => {
    const lab = make(base);
    lab.write('a.txt', 'second\n');
    lab.commit('second');
    lab.write('b.txt', 'staged only\n');
    lab.git('add', 'b.txt');
    const state = lab.state();
    const { id } = await lab.create();
    lab.git('reset', '-q', '--hard', 'HEAD~1');
    lab.git('reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all');
    lab.git('gc', '-q', '--prune=now');
    value(await (await lab.open()).restore(id, { moveHead: true }));
    assert.deepEqual(lab.state(), state);
    assert.equal(lab.git('log', '-1', '--format=%s').trim(), 'second');
  });

  function loosen(lab: Lab, oid: string): void {
    rmSync(join(lab.dir, '.git', 'objects', oid.slice(0, 2), oid.slice(2)));
  }

  for (const part of ['tag', 'tree'] as const) {
    it(`heals a checkpoint whose ${part} is gone, so that the user's git works again`, async () => {
      const lab = make(base);
      lab.write('a.txt', 'good\n');
      const good = await lab.create('good');
      lab.write('a.txt', 'broken\n');
      const broken = await lab.create('broken');
      loosen(lab, part === 'tag' ? lab.git('rev-parse', broken.ref).trim() : broken.tree);
      const list = value(await (await lab.open()).list());
      assert.deepEqual(
        list.map((entry) => entry.id),
        [good.id],
      );
      const remote = make(base);
      lab.git('fetch', '-q', remote.dir, 'main:refs/remotes/other/main');
      lab.git('gc', '-q');
      lab.assertSound();
      assert.equal((await lab.create('next')).unchanged, false);
    });
  }

  for (const part of ['file', 'folder'] as const) {
    it(`whose ${part} a power cut took is refused as damaged, and whole again once its state is saved anew`, async () => {
      const lab = make(base);
      lab.write('a.txt', 'good\n');
      await lab.create('good');
      lab.write('deep/a.txt', 'lost\n');
      const lost = await lab.create('lost');
      const state = lab.state();
      loosen(lab, lab.git('rev-parse', `${lost.tree}:deep${part === 'file' ? '/a.txt' : ''}`).trim());
      // What was noted before the machine stopped is not believed after it has started again.
      const note = join(lab.dir, '.git', 'soft-landing', 'last.json');
      const text = readFileSync(note, 'utf8');
      writeFileSync(note, text.replace(/"fingerprint":(?:"\w+"|null)/, '"fingerprint":"of another start"'));
      assert.notEqual(readFileSync(note, 'utf8'), text);

      lab.write('deep/a.txt', 'now\n');
      const present = lab.state();
      if (part === 'file') assert.equal(failure(await (await lab.open()).restore(lost.id)).reason, 'damaged');
      else assert.equal((await (await lab.open()).restore(lost.id)).ok, false);
      assert.deepEqual(lab.state(), present);
      lab.write('deep/a.txt', 'lost\n');
      const again = await lab.create('again');
      assert.equal(again.unchanged, false);
      lab.write('deep/a.txt', 'now\n');
      value(await (await lab.open()).restore(lost.id));
      assert.deepEqual(lab.state(), state);
      lab.assertSound();
    });
  }

  it('of a state that is there already is whole: nothing is saved twice after a start of the machine', async () => {
    const lab = make(base);
    lab.write('a.txt', 'good\n');
    const { id } = await lab.create('good');
    lab.git('gc', '-q', '--prune=now');
    rmSync(join(lab.dir, '.git', 'soft-landing', 'last.json'));
    const again = await lab.create('again');
    assert.deepEqual([again.id, again.unchanged], [id, true]);
  });

  it('is listed whatever its label says', async () => {
    const lab = make(base);
    const labels = [
      '-----BEGIN PGP SIGNATURE-----',
      '-----BEGIN PGP MESSAGE----- and more',
      '-----BEGIN SSH SIGNATURE-----',
      '\n\n  second line \nthird',
      '\ud83d',
      '%(refname)%00',
      '\x1b[31mred',
      '',
    ];
    for (const [at, label] of labels.entries()) {
      lab.write('a.txt', `${at}\n`);
      await lab.create(label);
    }
    const list = value(await (await lab.open()).list());
    assert.deepEqual(
      list.map((entry) => entry.label),
      [
        'Checkpoint',
        '[31mred',
        '%(refname)%00',
        '\ufffd',
        'second line',
        'BEGIN SSH SIGNATURE-----',
        'BEGIN PGP MESSAGE----- and more',
        'BEGIN PGP SIGNATURE-----',
      ],
    );
  });

  it('counts as newest although the clock was set back', async () => {
    const lab = make(base);
    const first = await lab.create('first');
    const real = Date.now;
    Date.now = () => real() - 3_600_000;
    try {
      lab.write('a.txt', 'edited\n');
      const second = await lab.create('second');
      const checkpoints = await lab.open();
      assert.deepEqual(
        value(await checkpoints.list()).map((entry) => entry.id),
        [second.id, first.id],
      );
      lab.write('a.txt', 'agent\n');
      value(await checkpoints.restore(second.id));
      value(await checkpoints.restore(first.id));
      value(await checkpoints.undo());
      assert.equal(lab.read('a.txt'), 'edited\n');
    } finally {
      Date.now = real;
    }
  });
});
