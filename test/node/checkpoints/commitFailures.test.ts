import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { gitEnvironment } from '../../support/repository.ts';
import { committing, create, head } from './committing.ts';
import { useLabs, value, type Lab } from './lab.ts';

describe('commit mode believes nothing but the repository:', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', 'dir/c.txt': 'c1\n' };

  const onCommit = (action: string): string =>
    `for word; do [ "$word" = --no-verify ] && is=1; done\n[ -n "$is" ] || exec "$real" "$@"\n${action}`;

  async function arranged(): Promise<{ lab: Lab; checkpoints: Checkpoints; folder: unknown; before: string }> {
    const lab = make(base);
    const checkpoints = await committing(lab);
    lab.write('a.txt', 'a2\n');
    lab.write('new.txt', 'new\n');
    return { lab, checkpoints, folder: lab.gitFolder(), before: head(lab) };
  }

  it('a git that is killed before it commits has not committed', async () => {
    const { lab, checkpoints, folder } = await arranged();
    const made = await lab.withGit(onCommit('kill -9 $$'), () => create(checkpoints));
    assert.deepEqual([made.commit, made.commitSkipped?.reason], [null, 'failed']);
    assert.deepEqual(lab.gitFolder(), folder);
    assert.equal((await create(checkpoints)).commit, head(lab));
  });

  it('nor one that only says so', async () => {
    const { lab, checkpoints, folder } = await arranged();
    const made = await lab.withGit(onCommit('echo "[main 1234567] Checkpoint"'), () => create(checkpoints));
    assert.deepEqual([made.commit, made.commitSkipped?.reason], [null, 'failed']);
    assert.deepEqual(lab.gitFolder(), folder);
  });

  it('one that is killed just after it has committed has committed', async () => {
    const { lab, checkpoints } = await arranged();
    const made = await lab.withGit(onCommit('"$real" "$@"; kill -9 $$'), () => create(checkpoints));
    assert.equal(made.commit, head(lab));
    assert.equal(lab.git('status', '--porcelain'), '');
  });

  it('a file edited between checkpoint and add: nothing is committed', async () => {
    const { lab, checkpoints, folder } = await arranged();
    const script = 'for word; do [ "$word" = add ] && echo edited > a.txt; done\nexec "$real" "$@"';
    const made = await lab.withGit(script, () => create(checkpoints));
    assert.equal(lab.read('a.txt'), 'edited\n');
    assert.deepEqual([made.commit, made.commitSkipped?.reason], [null, 'changed-meanwhile']);
    assert.deepEqual(lab.gitFolder(), folder);
    const next = await create(checkpoints);
    assert.deepEqual([next.unchanged, next.commit], [false, head(lab)]);
  });

  it('something staged between checkpoint and commit is not wiped out', async () => {
    const { lab, checkpoints } = await arranged();
    const script =
      'for word; do [ "$word" = add ] && GIT_INDEX_FILE=.git/index "$real" add a.txt; done\nexec "$real" "$@"';
    const made = await lab.withGit(script, () => create(checkpoints));
    assert.deepEqual([made.commit, made.commitSkipped?.reason], [null, 'changed-meanwhile']);
    assert.equal(lab.git('status', '--porcelain'), 'M  a.txt\n?? new.txt\n');
  });

  it('nor what was staged before the index is copied', async () => {
    const { lab, checkpoints } = await arranged();
    const script = `case "$*" in *'^{tree}'*) "$real" add new.txt ;; esac\nexec "$real" "$@"`;
    const made = await lab.withGit(script, () => create(checkpoints));
    assert.deepEqual([made.commit, made.commitSkipped?.reason], [null, 'changed-meanwhile']);
    assert.equal(lab.git('status', '--porcelain'), ' M a.txt\nA  new.txt\n');
  });

  it('a file edited after add stays an edit beside the commit', async () => {
    const { lab, checkpoints } = await arranged();
    const made = await lab.withGit(onCommit('echo later > a.txt; exec "$real" "$@"'), () => create(checkpoints));
    assert.equal(made.commit, head(lab));
    assert.equal(lab.git('show', 'HEAD:a.txt'), 'a2\n');
    assert.equal(lab.git('status', '--porcelain'), ' M a.txt\n');
  });

  it('a commit that landed on somebody else’s is taken off again', async () => {
    const { lab, checkpoints } = await arranged();
    // Plumbing respects no index.lock: their commit comes between our last look and ours, which would take it back.
    const theirs = lab.git('commit-tree', '-p', 'HEAD', '-m', 'theirs', lab.git('mktree').trim()).trim();
    const index = lab.index();
    const script = onCommit(`"$real" update-ref refs/heads/main ${theirs}; exec "$real" "$@"`);
    const made = await lab.withGit(script, () => create(checkpoints));
    assert.deepEqual([made.commit, made.commitSkipped?.reason], [null, 'changed-meanwhile']);
    assert.equal(head(lab), theirs);
    assert.deepEqual(lab.index(), index);
    assert.equal(lab.exists('.git/index.lock'), false);
  });

  it('a process that is killed right after the commit: the next one finishes its work', async () => {
    const { lab, checkpoints } = await arranged();
    const child = `
      import { Checkpoints } from '${join(import.meta.dirname, '../../../src/checkpoints/checkpoints.ts')}';
      const opened = await Checkpoints.open(process.argv[1]);
      await opened.value.create({ kind: 'manual', label: 'killed' });`;
    const script = onCommit('"$real" "$@"\nkill -9 $PPID');
    const program = await lab.withGit(script, async () => {
      const running = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', child, lab.dir], {
        cwd: join(import.meta.dirname, '../../..'),
        stdio: 'ignore',
      });
      const [, signal] = (await once(running, 'close')) as [number | null, string | null];
      return signal;
    });
    assert.equal(program, 'SIGKILL');
    assert.equal(lab.exists('.git/index.lock'), true);
    value(await checkpoints.recover());
    assert.equal(lab.exists('.git/index.lock'), false);
    assert.equal(lab.exists('.git/soft-landing/commit.json'), false);
    assert.equal(lab.git('status', '--porcelain'), '');
    const again = await create(checkpoints);
    assert.deepEqual([again.unchanged, again.commit], [true, head(lab)]);
    lab.assertSound();
  });

  it('and one that is killed just before it: nothing has happened', async () => {
    const { lab, checkpoints, before } = await arranged();
    const child = `
      import { Checkpoints } from '${join(import.meta.dirname, '../../../src/checkpoints/checkpoints.ts')}';
      const opened = await Checkpoints.open(process.argv[1]);
      await opened.value.create({ kind: 'manual', label: 'killed' });`;
    const status = lab.git('status', '--porcelain');
    await lab.withGit(onCommit('kill -9 $PPID'), async () => {
      const running = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', child, lab.dir], {
        cwd: join(import.meta.dirname, '../../..'),
        stdio: 'ignore',
      });
      await once(running, 'close');
    });
    value(await checkpoints.recover());
    assert.equal(lab.exists('.git/index.lock'), false);
    assert.deepEqual([head(lab), lab.git('status', '--porcelain')], [before, status]);
    assert.equal((await create(checkpoints)).commit, head(lab));
  });

  it('stopped by its deadline, the checkpoint stands and is not committed', async () => {
    const lab = make(base);
    value(await (await lab.open()).setMode('commit'));
    lab.write('a.txt', 'a2\n');
    const abort = new AbortController();
    const checkpoints = await lab.open({ signal: abort.signal });
    const folder = lab.gitFolder();
    const script = `for word; do [ "$word" = add ] && is=1; done\n[ -n "$is" ] || exec "$real" "$@"\n: > '${lab.outer}/adding'\nexec sleep 30`;
    const making = lab.withGit(script, () => create(checkpoints));
    while (!lab.at(lab.outer).exists('adding')) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    const made = await making;
    assert.deepEqual([made.unchanged, made.commit, made.commitSkipped?.reason], [false, null, 'aborted']);
    assert.deepEqual(lab.gitFolder(), folder);
  });

  it('a user’s git beside it: whoever comes second waits or is told, and nothing is lost', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    const env = gitEnvironment();
    let commits = 1;
    const counted = { made: 0, skipped: 0, theirs: 0, theirFailures: 0 };
    for (let round = 0; round < 12; round++) {
      lab.write('a.txt', `ours ${round}\n`);
      const theirs = spawn('sh', ['-c', 'git add b.txt && git status >/dev/null'], {
        cwd: lab.dir,
        env,
        stdio: 'ignore',
      });
      lab.write('b.txt', `theirs ${round}\n`);
      const [made] = await Promise.all([create(checkpoints, `round ${round}`), once(theirs, 'close')]);
      counted.theirs++;
      if (theirs.exitCode !== 0) counted.theirFailures++;
      if (made.commit === null) counted.skipped++;
      else {
        counted.made++;
        commits++;
      }
      assert.ok(
        made.commit !== null || /changed-meanwhile|index-locked|no-changes/.test(made.commitSkipped?.reason ?? ''),
      );
      assert.equal(lab.git('rev-list', '--count', 'HEAD').trim(), String(commits));
      assert.equal(lab.read('a.txt'), `ours ${round}\n`);
    }
    console.log(`      ${JSON.stringify(counted)}`);
    assert.ok(counted.made > 0);
    assert.equal(lab.exists('.git/index.lock'), false);
    execFileSync('git', ['fsck', '--strict'], { cwd: lab.dir, env, stdio: 'pipe' });
  });
});
