import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { committing, create } from './committing.ts';
import { useLabs, type Lab } from './lab.ts';

describe('commit mode refuses, and leaves all as it is,', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', 'dir/c.txt': 'c1\n' };

  /** A nested repository keeps a checkpoint of its own, in its own refs. */
  function userState(lab: Lab): unknown {
    const ours = /\.git\/(?:objects|soft-landing|refs\/soft-landing)\//;
    return [Object.entries(lab.files()).filter(([path]) => !ours.test(path)), lab.index()];
  }

  /** The hidden checkpoint was made; branch, index, reflog and files are as they were; answers the reason. */
  async function refused(lab: Lab, checkpoints: Checkpoints): Promise<string | undefined> {
    const [state, folder, refs] = [userState(lab), lab.gitFolder(), lab.refsOfOurs().length];
    const made = await create(checkpoints);
    assert.equal(made.commit, null);
    assert.deepEqual(userState(lab), state);
    assert.deepEqual(lab.gitFolder(), folder);
    assert.ok(lab.refsOfOurs().length > refs, 'no hidden checkpoint was made');
    assert.match(made.commitSkipped?.message ?? '', /^\S.*\.?$/);
    return made.commitSkipped?.reason;
  }

  const conflict = (lab: Lab): void => {
    lab.git('checkout', '-q', '-b', 'side');
    lab.write('a.txt', 'side\n');
    lab.commit('side');
    lab.git('checkout', '-q', 'main');
    lab.write('a.txt', 'main\n');
    lab.commit('main');
  };
  const cases: Record<string, { arrange: (lab: Lab) => void; reason: string }> = {
    'in a merge with conflicts': {
      arrange: (lab) => {
        conflict(lab);
        lab.gitFails('merge', 'side');
      },
      reason: 'operation-in-progress',
    },
    'in a merge whose conflicts are resolved': {
      arrange: (lab) => {
        conflict(lab);
        lab.gitFails('merge', 'side');
        lab.write('a.txt', 'both\n');
        lab.git('add', 'a.txt');
      },
      reason: 'operation-in-progress',
    },
    'in a rebase': {
      arrange: (lab) => {
        conflict(lab);
        lab.gitFails('rebase', 'side');
      },
      reason: 'operation-in-progress',
    },
    'in a cherry-pick': {
      arrange: (lab) => {
        conflict(lab);
        lab.gitFails('cherry-pick', 'side');
      },
      reason: 'operation-in-progress',
    },
    'in a revert': {
      arrange: (lab) => {
        conflict(lab);
        lab.write('a.txt', 'later\n');
        lab.commit('later');
        lab.gitFails('revert', '--no-edit', 'HEAD^');
      },
      reason: 'operation-in-progress',
    },
    'in a bisect': {
      arrange: (lab) => {
        lab.git('bisect', 'start');
        lab.write('a.txt', 'a2\n');
      },
      reason: 'operation-in-progress',
    },
    'with files in conflict outside of a merge': {
      arrange: (lab) => {
        lab.write('a.txt', 'stashed\n');
        lab.git('stash', '-q');
        lab.write('a.txt', 'other\n');
        lab.commit('other');
        lab.gitFails('stash', 'pop');
      },
      reason: 'unmerged',
    },
    'on a detached HEAD': {
      arrange: (lab) => {
        lab.git('checkout', '-q', '--detach');
        lab.write('a.txt', 'a2\n');
      },
      reason: 'detached-head',
    },
    'with a nested repository': {
      arrange: (lab) => {
        mkdirSync(join(lab.dir, 'nested'));
        const nested = lab.at(join(lab.dir, 'nested'));
        nested.git('init', '-q', '-b', 'main');
        nested.git('config', 'user.name', 'n');
        nested.git('config', 'user.email', 'n');
        nested.write('x', 'x\n');
        nested.commit('x');
        lab.write('a.txt', 'a2\n');
      },
      reason: 'nested-repository',
    },
    'with a nested repository without commits': {
      arrange: (lab) => {
        mkdirSync(join(lab.dir, 'nested'));
        lab.at(join(lab.dir, 'nested')).git('init', '-q');
        lab.write('nested/x', 'x\n');
        lab.write('a.txt', 'a2\n');
      },
      reason: 'nested-repository',
    },
    'with a changed submodule': {
      arrange: (lab) => {
        const other = lab.at(join(lab.outer, 'other'));
        lab.git('clone', '-q', '.', other.dir);
        lab.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.dir, 'sub');
        lab.commit('submodule');
        lab.write('sub/a.txt', 'edited inside\n');
      },
      reason: 'nested-repository',
    },
    'with edits that git is told not to see': {
      arrange: (lab) => {
        lab.git('update-index', '--assume-unchanged', 'b.txt');
        lab.write('b.txt', 'local\n');
        lab.write('a.txt', 'a2\n');
      },
      reason: 'hidden-files',
    },
    'while another git has locked the index': {
      arrange: (lab) => {
        lab.write('a.txt', 'a2\n');
        lab.write('.git/index.lock', 'theirs\n');
      },
      reason: 'index-locked',
    },
  };
  for (const [name, { arrange, reason }] of Object.entries(cases)) {
    it(name, async () => {
      const lab = make(base);
      const checkpoints = await committing(lab);
      arrange(lab);
      assert.equal(await refused(lab, checkpoints), reason);
      assert.equal(lab.exists('.git/soft-landing/commit.json'), false);
    });
  }

  it('when the branch is locked', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    lab.write('a.txt', 'a2\n');
    lab.write('.git/refs/heads/main.lock', '');
    const state = lab.state();
    const made = await create(checkpoints);
    assert.deepEqual([made.commit, made.commitSkipped?.reason], [null, 'failed']);
    assert.match(made.commitSkipped?.message ?? '', /main\.lock/);
    assert.deepEqual(lab.state(), state);
    assert.equal(lab.exists('.git/index.lock'), false);
  });
});
