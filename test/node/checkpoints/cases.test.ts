import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { roundTrip, useLabs, value, type Lab } from './lab.ts';

const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', 'dir/c.txt': 'c1\n', 'dir/d.txt': 'd1\n', '.gitignore': '*.log\n' };

/** What an agent does: edits, deletes, creates, stages. */
function agentWorks(lab: Lab): void {
  lab.write('a.txt', 'agent a\n');
  lab.delete('b.txt');
  lab.write('made by agent/new.txt', 'new\n');
  lab.write('dir/c.txt', 'agent c\n');
  lab.git('add', 'dir/c.txt', 'made by agent/new.txt');
  lab.write('dir/c.txt', 'agent c again\n');
}

/** Staged, edited, untracked. */
function userWorks(lab: Lab): void {
  lab.write('a.txt', 'staged\n');
  lab.git('add', 'a.txt');
  lab.write('a.txt', 'staged, then edited\n');
  lab.write('untracked.txt', 'u\n');
}

describe('checkpoints with every setting of git that changes how it looks at files', () => {
  const make = useLabs();

  it('a file system monitor is a program of the user, asked and believed as git does', async () => {
    const lab = make(base);
    const asked = join(lab.outer, 'asked');
    const answer = join(lab.outer, 'answer');
    // Version 2 of the protocol: a token, then each path that may have changed since.
    lab.write('../monitor', `#!/bin/sh\necho >> '${asked}'\nprintf 'token\\0'\ncat '${answer}'\n`, 0o755);
    lab.write('../answer', '/\0');
    lab.git('config', 'core.fsmonitor', join(lab.outer, 'monitor'));
    lab.git('config', 'core.fsmonitorHookVersion', '2');
    lab.git('update-index', '--fsmonitor');
    userWorks(lab);
    lab.git('status');
    lab.delete('../asked');
    await roundTrip(lab, () => agentWorks(lab));
    assert.ok(existsSync(asked), 'the monitor was not asked');
    // It names only what has changed, as a real one does.
    lab.write('../answer', 'a.txt\0untracked.txt\0');
    lab.git('status');
    lab.write('a.txt', 'edited once more\n');
    const { tree } = await lab.create();
    assert.equal(lab.git('cat-file', 'blob', `${tree}:a.txt`), 'edited once more\n');
  });

  for (const [from, to] of [
    [2, 4],
    [4, 2],
    [3, 4],
  ] as const) {
    it(`an index of version ${from} that the agent makes version ${to}`, async () => {
      const lab = make(base);
      lab.git('update-index', '--index-version', String(from));
      lab.git('config', 'index.version', String(from));
      userWorks(lab);
      await roundTrip(lab, () => {
        lab.git('config', 'index.version', String(to));
        lab.git('update-index', '--index-version', String(to));
        agentWorks(lab);
      });
    });
  }

  it('an untracked cache that is filled, and that the agent switches off', async () => {
    const lab = make({ ...base, 'deep/er/x.txt': 'x\n' });
    lab.git('config', 'core.untrackedCache', 'true');
    lab.git('config', 'status.showUntrackedFiles', 'all');
    lab.git('update-index', '--untracked-cache');
    userWorks(lab);
    lab.write('deep/er/new.txt', 'n\n');
    for (let round = 0; round < 2; round++) lab.gitWith({ env: { GIT_OPTIONAL_LOCKS: '1' } }, 'status');
    lab.write('deep/newer.txt', 'n\n');
    await roundTrip(lab, () => {
      agentWorks(lab);
      lab.delete('deep');
      lab.git('update-index', '--no-untracked-cache');
    });
  });

  it('a split index that the agent joins, and splits again', async () => {
    const lab = make(base);
    lab.git('config', 'core.splitIndex', 'true');
    lab.git('update-index', '--split-index');
    userWorks(lab);
    await roundTrip(lab, () => {
      lab.git('update-index', '--no-split-index');
      agentWorks(lab);
      lab.git('update-index', '--split-index');
      lab.git('add', '-A');
    });
    assert.equal(lab.git('diff', '--cached', '--name-only').includes('a.txt'), true);
    lab.assertSound();
  });

  it('executable bits that count for nothing on disk stay what they are in the index', async () => {
    const lab = make({ ...base, 'run.sh': '#!/bin/sh\n' });
    lab.git('config', 'core.fileMode', 'false');
    lab.git('update-index', '--chmod=+x', 'run.sh');
    lab.git('commit', '-q', '-m', 'executable for git alone');
    lab.write('run.sh', '#!/bin/sh\n# edited\n');
    lab.write('new.sh', '#!/bin/sh\n', 0o755);
    /** git writes the bit that the index has, so the one on disk is no part of what is promised. */
    const state = (): unknown => {
      const contents = Object.entries(lab.files()).map(([path, file]) => [path, file.replace(/^exec /, 'file ')]);
      return [contents, lab.index()];
    };
    const before = state();
    const { id, tree } = await lab.create();
    assert.equal(tree, lab.treeOfAddAll());
    assert.match(lab.git('ls-tree', tree, 'run.sh'), /^100755 /);
    lab.write('run.sh', 'agent\n');
    lab.delete('new.sh');
    lab.git('add', '-A');
    const after = state();
    const checkpoints = await lab.open();
    value(await checkpoints.restore(id));
    assert.deepEqual(state(), before);
    value(await checkpoints.undo());
    assert.deepEqual(state(), after);
  });

  it('variables that redirect git, for resets and undo too', async () => {
    const lab = make(base);
    const other = make({ 'other.txt': 'o\n' });
    const theirs = [other.state(), other.gitFolder()];
    userWorks(lab);
    const leaked = {
      GIT_DIR: join(other.dir, '.git'),
      GIT_WORK_TREE: other.dir,
      GIT_INDEX_FILE: join(other.dir, '.git', 'index'),
    };
    Object.assign(process.env, leaked);
    try {
      await roundTrip(lab, () => agentWorks(lab));
    } finally {
      for (const name of Object.keys(leaked)) Reflect.deleteProperty(process.env, name);
    }
    assert.deepEqual([other.state(), other.gitFolder()], theirs);
    assert.deepEqual(other.refsOfOurs(), []);
  });
});

describe('checkpoints in the middle of something', () => {
  const make = useLabs();

  it('an interactive rebase that has stopped goes on after all of it', async () => {
    const lab = make(base);
    for (const content of ['second\n', 'third\n']) {
      lab.write('a.txt', content);
      lab.commit(content.trim());
    }
    const env = { GIT_SEQUENCE_EDITOR: 'f(){ sed s/^pick/edit/ "$1" > "$1.new" && mv "$1.new" "$1"; }; f' };
    lab.gitWith({ env }, 'rebase', '-q', '-i', 'HEAD~2');
    assert.ok(lab.exists('.git/rebase-merge/interactive'));
    userWorks(lab);
    await roundTrip(lab, () => agentWorks(lab));
    lab.git('reset', '-q', '--hard');
    lab.delete('untracked.txt');
    for (let left = 2; left > 0; left--) lab.gitWith({ env: { GIT_EDITOR: 'true' } }, 'rebase', '--continue');
    assert.deepEqual([lab.read('a.txt'), lab.git('rev-list', '--count', 'main')], ['third\n', '3\n']);
  });

  for (const command of ['cherry-pick', 'revert'] as const) {
    it(`a ${command} with a conflict`, async () => {
      const lab = make(base);
      lab.git('checkout', '-q', '-b', 'side');
      lab.write('a.txt', 'side\n');
      lab.commit('side');
      if (command === 'cherry-pick') lab.git('checkout', '-q', 'main');
      lab.write('a.txt', 'other\n');
      lab.commit('other');
      lab.gitFails(command, command === 'revert' ? 'HEAD~1' : 'side');
      assert.match(lab.index().join('\n'), / 2\ta\.txt/);
      await roundTrip(lab, () => {
        lab.write('a.txt', 'resolved\n');
        lab.git('add', 'a.txt');
        lab.write('new.txt', 'n\n');
      });
    });
  }
});
