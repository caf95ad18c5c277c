import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failure, useLabs, value } from './lab.ts';

describe('resets', () => {
  const make = useLabs();
  const base = {
    'a.txt': 'a1\n',
    'b.txt': 'b1\n',
    'dir/c.txt': 'c1\n',
    'dir/d.txt': 'd1\n',
    '.gitignore': '*.log\n.env\n',
  };

  it('say what they did', async () => {
    const lab = make(base);
    const made = await lab.create();
    lab.write('a.txt', 'agent\n');
    lab.delete('b.txt');
    lab.write('new 1.txt', 'n');
    lab.write('new 2.txt', 'n');
    lab.write('new 3.txt', 'n');
    const checkpoints = await lab.open();
    const result = value(await checkpoints.restore(made.id));
    assert.deepEqual(result, {
      restored: made.id,
      written: 2,
      deleted: 3,
      kept: [],
      members: [],
      safety: result.safety,
    });
    const list = value(await checkpoints.list());
    assert.deepEqual([list[0]?.id, list[0]?.kind], [result.safety, 'safety']);
    const undone = value(await checkpoints.undo());
    assert.deepEqual([undone.restored, undone.written, undone.deleted], [result.safety, 4, 1]);
  });

  it('shown beforehand change nothing', async () => {
    const lab = make(base);
    const made = await lab.create();
    lab.write('a.txt', 'agent\n');
    lab.write('new.txt', 'n');
    lab.git('add', 'a.txt');
    const [state, folder, refs] = [lab.state(), lab.gitFolder(), lab.refsOfOurs()];
    const preview = value(await (await lab.open()).preview(made.id));
    assert.deepEqual([preview.written, preview.deleted, preview.kept], [1, 1, []]);
    assert.deepEqual([lab.state(), lab.gitFolder(), lab.refsOfOurs()], [state, folder, refs]);
  });

  it('save ignored files and folders in the way, and undo brings them back', async () => {
    const lab = make({ ...base, '.gitignore': 'out\ncache/\n' });
    lab.delete('.gitignore');
    lab.write('.gitignore', '');
    lab.write('out', 'a file\n');
    lab.write('cache/x', 'a folder\n');
    const before = lab.state();
    const made = await lab.create();
    lab.git('checkout', '-q', '.gitignore');
    lab.delete('out');
    lab.write('out/ignored/deep', 'ignored now\n');
    lab.write('out/other', 'ignored too\n');
    lab.delete('cache');
    lab.write('cache', 'not a folder\n');
    lab.write('.gitignore', 'out\ncache\n');
    const after = lab.state();
    assert.equal(lab.git('status', '--porcelain'), ' M .gitignore\n');
    const checkpoints = await lab.open();
    value(await checkpoints.restore(made.id));
    assert.deepEqual(lab.state(), before);
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);
  });

  for (const how of ['leaves it untracked', 'stages it', 'commits it'] as const) {
    it(`never delete an ignored file that the agent un-ignores and ${how}`, async () => {
      const lab = make(base);
      lab.write('.env', 'SECRET=1\n');
      const made = await lab.create();
      lab.write('.gitignore', '*.log\n');
      if (how !== 'leaves it untracked') lab.git('add', '-A');
      if (how === 'commits it') lab.git('commit', '-q', '-m', 'oops');
      const after = lab.state();
      const checkpoints = await lab.open();
      const result = value(await checkpoints.restore(made.id));
      assert.deepEqual(result.kept, [{ path: '.env', reason: 'ignored-by-checkpoint' }]);
      assert.equal(lab.read('.env'), 'SECRET=1\n');
      assert.equal(lab.read('.gitignore'), base['.gitignore']);
      value(await checkpoints.undo());
      assert.deepEqual(lab.state(), after);
    });
  }

  it('never delete an ignored file that the agent adds by force', async () => {
    const lab = make(base);
    lab.write('.env', 'SECRET=1\n');
    const made = await lab.create();
    lab.git('add', '-f', '.env');
    value(await (await lab.open()).restore(made.id));
    assert.equal(lab.read('.env'), 'SECRET=1\n');
    assert.equal(lab.git('status', '--porcelain'), '');
  });

  it('take away with their undo what they brought, though it is ignored by then', async () => {
    const lab = make(base);
    lab.write('dir2/x', 'untracked\n');
    const made = await lab.create();
    lab.write('.gitignore', '*.log\n.env\ndir2/\n');
    lab.delete('dir2/x');
    lab.write('kept.env', 'never ours\n');
    const agent = lab.state();
    const checkpoints = await lab.open();
    value(await checkpoints.restore(made.id));
    assert.equal(lab.read('dir2/x'), 'untracked\n');
    assert.deepEqual(value(await checkpoints.undo()).kept, []);
    assert.deepEqual(lab.state(), agent);

    // What somebody has written into it since is theirs.
    value(await checkpoints.restore(made.id));
    lab.write('dir2/x', 'edited since\n');
    assert.deepEqual(value(await checkpoints.undo()).kept, [{ path: 'dir2/x', reason: 'ignored-by-checkpoint' }]);
    assert.equal(lab.read('dir2/x'), 'edited since\n');
  });

  it('of chosen paths change only those, their staged state included', async () => {
    const lab = make({ ...base, 'dir2/c.txt': 'x\n' });
    lab.write('a.txt', 'mine, staged\n');
    lab.write('dir/c.txt', 'mine, staged\n');
    lab.git('add', '-A');
    lab.write('a.txt', 'mine, edited\n');
    const made = await lab.create();
    const before = lab.state();
    lab.write('a.txt', 'agent\n');
    lab.git('add', 'a.txt');
    lab.write('b.txt', 'agent staged\n');
    lab.git('add', 'b.txt');
    lab.write('b.txt', 'agent edited\n');
    lab.write('dir/c.txt', 'agent\n');
    lab.write('dir/new.txt', 'agent\n');
    lab.git('add', 'dir/new.txt');
    lab.delete('dir/d.txt');
    lab.write('dir2/c.txt', 'agent\n');
    lab.write('dir-not-below', 'agent\n');
    lab.write('intended', 'agent\n');
    lab.git('add', '-N', 'intended');
    const after = lab.state();
    const checkpoints = await lab.open();
    const merged = (isChosen: (path: string) => boolean): typeof before => {
      const pathOf = (entry: string): string => (entry.split('\t')[1] ?? '').replace(/ [0-9a-f]*$/, '');
      return {
        files: Object.fromEntries(
          [
            ...Object.entries(after.files).filter(([path]) => !isChosen(path)),
            ...Object.entries(before.files).filter(([path]) => isChosen(path)),
          ].sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
        index: [
          ...after.index.filter((entry) => !isChosen(pathOf(entry))),
          ...before.index.filter((entry) => isChosen(pathOf(entry))),
        ].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1)),
      };
    };
    value(await checkpoints.restore(made.id, { paths: ['a.txt'] }));
    assert.deepEqual(
      lab.state(),
      merged((path) => path === 'a.txt'),
    );
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);
    value(await checkpoints.restore(made.id, { paths: ['dir/'] }));
    assert.deepEqual(
      lab.state(),
      merged((path) => path.startsWith('dir/')),
    );
    // Undo of a reset of some paths is nobody else's business either.
    lab.write('elsewhere.txt', 'written since\n');
    value(await checkpoints.undo());
    assert.equal(lab.read('elsewhere.txt'), 'written since\n');
    lab.delete('elsewhere.txt');
    assert.deepEqual(lab.state(), after);
    value(
      await checkpoints.restore(made.id, { paths: ['dir', 'a.txt', 'b.txt', 'dir2', 'dir-not-below', 'intended'] }),
    );
    assert.deepEqual(lab.state(), before);
  });

  it('of chosen paths leave a link alone that is newer than the index', async () => {
    const lab = make(base);
    lab.link('link', 'a.txt');
    lab.commit('a link');
    const before = lab.read('b.txt');
    const made = await lab.create();
    lab.delete('link');
    lab.link('link', 'dir');
    lab.write('b.txt', 'agent\n');
    const agent = lab.state();
    const checkpoints = await lab.open();
    value(await checkpoints.restore(made.id, { paths: ['b.txt'] }));
    assert.equal(lab.read('b.txt'), before);
    assert.deepEqual({ ...lab.files(), 'b.txt': '' }, { ...agent.files, 'b.txt': '' });
    assert.deepEqual(lab.index(), agent.index);
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), agent);
  });

  it('of chosen paths leave the conflicts of others alone', async () => {
    const lab = make(base);
    for (const [branch, content] of [
      ['side', 'side\n'],
      ['main', 'main\n'],
    ] as const) {
      lab.git('checkout', '-q', '-B', branch, branch === 'main' ? 'main' : 'HEAD');
      lab.write('a.txt', content);
      lab.write('b.txt', content);
      lab.commit(branch);
    }
    lab.gitFails('merge', 'side');
    const before = lab.state();
    const made = await lab.create();
    lab.write('a.txt', 'resolved\n');
    lab.git('add', 'a.txt');
    lab.write('b.txt', 'half resolved\n');
    const checkpoints = await lab.open();
    value(await checkpoints.restore(made.id, { paths: ['a.txt'] }));
    assert.deepEqual(lab.index(), before.index);
    assert.deepEqual([lab.read('a.txt'), lab.read('b.txt')], [before.files['a.txt']?.slice(5), 'half resolved\n']);
  });

  it('are taken back one after the other, and then there is nothing to undo', async () => {
    const lab = make(base);
    const ids: string[] = [];
    for (const content of ['one\n', 'two\n', 'three\n']) {
      lab.write('a.txt', content);
      ids.push((await lab.create(content)).id);
    }
    lab.write('a.txt', 'four\n');
    const checkpoints = await lab.open();
    const contents: string[] = [];
    for (const id of ids) value(await checkpoints.restore(id));
    for (let count = 0; count < 3; count++) {
      value(await checkpoints.undo());
      contents.push(lab.read('a.txt'));
    }
    assert.deepEqual(contents, ['two\n', 'one\n', 'four\n']);
    assert.equal(failure(await checkpoints.undo()).reason, 'nothing-to-undo');
    // Everything is still there to be gone back to by id.
    const undoes = value(await checkpoints.list()).filter((entry) => entry.label.startsWith('Before undo'));
    assert.equal(undoes.length, 3);
    value(await checkpoints.restore(undoes[2]?.id ?? ''));
    assert.equal(lab.read('a.txt'), 'three\n');
    value(await checkpoints.undo());
    assert.equal(lab.read('a.txt'), 'four\n');
  });

  it('take an id by its unambiguous beginning', async () => {
    const lab = make(base);
    lab.write('a.txt', '1\n');
    const first = await lab.create();
    lab.write('a.txt', '2\n');
    await lab.create();
    const checkpoints = await lab.open();
    assert.equal(failure(await checkpoints.restore('2')).reason, 'ambiguous-id');
    assert.equal(failure(await checkpoints.restore('')).reason, 'not-found');
    assert.equal(failure(await checkpoints.restore('nope')).reason, 'not-found');
    assert.equal(value(await checkpoints.restore(first.id.slice(0, -2))).restored, first.id);
  });

  it('refuse to write over a nested repository that no checkpoint holds', async () => {
    const lab = make(base);
    lab.write('thing', 'a file\n');
    const made = await lab.create();
    lab.delete('thing');
    mkdirSync(join(lab.dir, 'thing'));
    const inner = lab.at(join(lab.dir, 'thing'));
    inner.git('init', '-q');
    inner.write('work.txt', 'hours of it\n');
    const before = lab.state();
    const checkpoints = await lab.open();
    assert.equal(failure(await checkpoints.restore(made.id)).reason, 'in-the-way');
    assert.deepEqual(lab.state(), before);
    assert.equal(failure(await checkpoints.undo()).reason, 'nothing-to-undo');
  });
});
