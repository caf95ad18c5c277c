import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { refreshCheckpointLauncher } from '../../../src/install/checkpointLauncher.ts';
import { installAlias, uninstallAlias, type AliasRequest } from '../../../src/install/gitAlias.ts';
import { gitEnvironment, makeRepository, type Repository } from '../../support/repository.ts';
import { cliPath, softLanding, softLandingJson, type CheckpointList } from '../../support/softLanding.ts';

describe('git checkpoint', () => {
  let repository: Repository;
  let home: string;
  let stateFolder: string;
  beforeEach(() => {
    repository = makeRepository({ files: { 'a.txt': 'a1\n', 'deep/er/b.txt': 'b1\n' }, name: `it's "my" $repo` });
    home = join(repository.outer, 'the user’s home');
    stateFolder = join(home, `it's the "state"`);
    mkdirSync(home);
  });
  afterEach(() => repository.remove());

  /** As a person's shell has it: their own global configuration counts. */
  function environment(): NodeJS.ProcessEnv {
    const env = gitEnvironment();
    delete env['GIT_CONFIG_GLOBAL'];
    return { ...env, HOME: home, SOFT_LANDING_HOME: stateFolder, NO_COLOR: '1' };
  }

  function request(changed: Partial<AliasRequest> = {}): AliasRequest {
    return {
      scope: 'repository',
      dir: repository.dir,
      surroundings: { home, env: environment(), platform: process.platform },
      launcher: { hook: join(dirname(cliPath), 'hook.cjs'), runtimes: [process.execPath], stateFolder },
      dryRun: false,
      ...changed,
    };
  }

  const git = (args: readonly string[], cwd = repository.dir, env: NodeJS.ProcessEnv = {}) =>
    spawnSync('git', args, { cwd, env: { ...environment(), ...env }, encoding: 'utf8' });
  const config = (): string => readFileSync(join(repository.dir, '.git', 'config'), 'utf8');
  const list = async (cwd = repository.dir) =>
    (await softLandingJson<CheckpointList>({ args: ['checkpoint', 'list'], cwd, env: environment() })).checkpoints;

  async function installed(changed: Partial<AliasRequest> = {}) {
    const result = await installAlias(request(changed));
    assert.ok(result.ok, JSON.stringify(result));
    return result.value;
  }

  it('makes a checkpoint like any other, in words of the user’s', async () => {
    await installed();
    repository.write('a.txt', 'a2\n');
    const before = repository.state();
    const said = git(['checkpoint', `it's "done" $HOME`]);
    assert.equal(said.status, 0, said.stderr);
    assert.match(said.stdout, /^Checkpoint \S+ \(it's "done" \$HOME\), 1 file different from HEAD\.\n$/);
    assert.deepEqual(repository.state(), before);
    assert.deepEqual(
      (await list()).map(({ label, kind, changedFiles }) => [label, kind, changedFiles]),
      [[`it's "done" $HOME`, 'manual', 1]],
    );
  });

  it('takes -m, options and no words at all', async () => {
    await installed();
    repository.write('a.txt', 'a2\n');
    assert.equal(git(['checkpoint', '-m', 'as git commit has it']).status, 0);
    repository.write('a.txt', 'a3\n');
    const json = JSON.parse(git(['checkpoint', '--json']).stdout) as { label: string; commit: null };
    assert.deepEqual([json.label, json.commit], ['Manual checkpoint', null]);
    assert.equal(git(['checkpoint', 'two', 'words']).status, 2);
    assert.deepEqual(
      (await list()).map(({ label }) => label),
      ['Manual checkpoint', 'as git commit has it'],
    );
  });

  it('works from a folder below, from a linked worktree, and where git exports its own variables', async () => {
    await installed();
    repository.write('a.txt', 'a2\n');
    assert.equal(git(['checkpoint', 'below'], join(repository.dir, 'deep', 'er')).status, 0);
    const linked = join(repository.outer, 'linked tree');
    repository.git('worktree', 'add', '-q', linked, '-b', 'other');
    writeFileSync(join(linked, 'a.txt'), 'linked\n');
    assert.equal(git(['checkpoint', 'linked'], linked).status, 0);
    // As inside a hook or another alias: GIT_DIR points at the repository, and the working folder is elsewhere in it.
    repository.write('a.txt', 'a3\n');
    const exported = { GIT_DIR: join(repository.dir, '.git'), GIT_INDEX_FILE: join(repository.outer, 'no-such-index') };
    assert.equal(git(['checkpoint', 'exported'], repository.dir, exported).status, 0);
    assert.deepEqual(
      (await list()).map(({ label }) => label),
      ['exported', 'below'],
    );
    assert.deepEqual(
      (await list(linked)).map(({ label }) => label),
      ['linked'],
    );
  });

  it('in commit mode commits, or says why not', async () => {
    await installed();
    const cli = (...args: string[]) => softLanding({ args, cwd: repository.dir, env: environment() });
    assert.equal((await cli('checkpoint', 'mode')).stdout.split(':')[0], 'hidden');
    assert.equal((await cli('checkpoint', 'mode', 'commit')).exitCode, 0);
    assert.equal((await cli('checkpoint', 'mode', 'other')).exitCode, 2);
    repository.write('a.txt', 'a2\n');
    assert.match(git(['checkpoint', 'first']).stdout, /\nCommitted to main as [0-9a-f]{10}\.\n$/);
    assert.equal(repository.git('log', '-1', '--format=%s'), 'Checkpoint: first\n');
    repository.git('checkout', '-q', '--detach');
    repository.write('a.txt', 'a3\n');
    assert.match(git(['checkpoint', 'second']).stdout, /\nNot committed: HEAD is detached/);
    const { commit, commitSkipped } = JSON.parse(git(['checkpoint', '--json']).stdout) as Record<string, unknown>;
    assert.deepEqual([commit, commitSkipped], [null, 'detached-head']);
  });

  it('sets one key, once, and takes exactly that out again', async () => {
    const before = config();
    const preview = await installed({ dryRun: true });
    assert.deepEqual([preview.before, preview.changed, config()], [null, true, before]);
    assert.equal(existsSync(stateFolder), false);
    const change = await installed();
    assert.equal(repository.git('config', '--local', 'alias.checkpoint').trimEnd(), change.after);
    assert.equal((await installed()).changed, false);
    const removed = await uninstallAlias(request());
    assert.ok(removed.ok && removed.value.changed);
    assert.equal(config(), before);
    const again = await uninstallAlias(request());
    assert.ok(again.ok && !again.value.changed);
  });

  it('globally, works in every repository and touches no repository’s configuration', async () => {
    writeFileSync(join(home, '.gitconfig'), '# mine\n[alias]\n\tst = status\n');
    const before = config();
    await installed({ scope: 'global', dir: home });
    assert.equal(config(), before);
    repository.write('a.txt', 'a2\n');
    assert.equal(git(['checkpoint', 'x']).status, 0);
    assert.equal((await list()).length, 1);
    const removed = await uninstallAlias(request({ scope: 'global', dir: home }));
    assert.ok(removed.ok && removed.value.changed);
    assert.equal(readFileSync(join(home, '.gitconfig'), 'utf8'), '# mine\n[alias]\n\tst = status\n');
  });

  it('leaves another alias of that name alone, wherever it is', async () => {
    repository.git('config', 'alias.checkpoint', 'commit -am wip');
    const before = config();
    for (const scope of ['repository', 'global'] as const) {
      const refused = await installAlias(request({ scope }));
      assert.ok(!refused.ok && refused.failure.reason === 'other-alias' && refused.failure.message.includes('-am wip'));
    }
    const removed = await uninstallAlias(request());
    assert.ok(removed.ok && !removed.value.changed && removed.value.before === 'commit -am wip');
    assert.equal(config(), before);
    repository.git('config', '--unset', 'alias.checkpoint');
    writeFileSync(join(home, '.gitconfig'), '[alias]\n\tcheckpoint = stash\n');
    const refused = await installAlias(request());
    assert.ok(!refused.ok && refused.failure.reason === 'other-alias');
  });

  it('does not take its own away once somebody has changed it', async () => {
    const { after } = await installed();
    repository.git('config', 'alias.checkpoint', `${after ?? ''} --json`);
    const removed = await uninstallAlias(request());
    assert.ok(removed.ok && !removed.value.changed);
    assert.match(config(), /--json/);
  });

  it('needs a repository for the repository’s scope', async () => {
    const refused = await installAlias(request({ dir: home }));
    assert.ok(!refused.ok && refused.failure.reason === 'not-a-repository');
  });

  it('is not sent to another repository by a GIT_DIR of whoever starts it', async () => {
    const other = makeRepository({ files: { x: 'x' } });
    try {
      const before = readFileSync(join(other.dir, '.git', 'config'), 'utf8');
      const env = { ...environment(), GIT_DIR: join(other.dir, '.git') };
      await installed({ surroundings: { home, env, platform: process.platform } });
      assert.equal(readFileSync(join(other.dir, '.git', 'config'), 'utf8'), before);
      assert.match(config(), /\[alias\]/);
    } finally {
      other.remove();
    }
  });

  it('says in one line that the extension is gone, and follows it when it moves', async () => {
    const first = join(home, 'version 1');
    const second = join(home, 'version 2');
    cpSync(dirname(cliPath), first, { recursive: true, filter: (file) => !file.endsWith('.vsix') });
    const launcher = { hook: join(first, 'hook.cjs'), runtimes: [process.execPath], stateFolder };
    await refreshCheckpointLauncher(launcher);
    assert.equal(existsSync(stateFolder), false, 'nobody had asked for a launcher');
    await installed({ launcher });
    cpSync(first, second, { recursive: true });
    rmSync(first, { recursive: true });
    repository.write('a.txt', 'a2\n');
    const gone = git(['checkpoint', 'x']);
    assert.equal(gone.status, 1);
    assert.match(gone.stderr, /^Soft Landing is gone.* git config --global --unset alias\.checkpoint.*\n$/);
    assert.equal(gone.stdout, '');
    await refreshCheckpointLauncher({ ...launcher, hook: join(second, 'hook.cjs') });
    assert.equal(git(['checkpoint', 'x']).status, 0);
  });

  it('the command line installs and removes it, and shows it first', async () => {
    const cli = (...args: string[]) => softLanding({ args, cwd: repository.dir, env: environment() });
    const before = config();
    const dry = await cli('install', 'git-checkpoint', '--dry-run');
    assert.match(
      dry.stdout,
      /would be installed in this repository's git configuration:\n\n {2}alias\.checkpoint = !'/,
    );
    assert.equal(config(), before);
    const json = JSON.parse((await cli('install', 'git-checkpoint', '--json')).stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(json), ['agent', 'scope', 'key', 'before', 'after', 'changed', 'dryRun']);
    repository.write('a.txt', 'a2\n');
    execFileSync('git', ['checkpoint', 'x'], { cwd: repository.dir, env: environment(), stdio: 'pipe' });
    assert.equal((await list()).length, 1);
    assert.equal((await cli('uninstall', 'git-checkpoint')).exitCode, 0);
    assert.equal(config(), before);
    assert.equal((await cli('install', 'git-checkpoint', '--scope', 'user')).exitCode, 2);
    assert.equal((await cli('install', 'claude', '--scope', 'repository')).exitCode, 2);
    const global = await cli('install', 'git-checkpoint', '--scope', 'global');
    assert.equal(global.exitCode, 0);
    assert.match(readFileSync(join(home, '.gitconfig'), 'utf8'), /checkpoint = /);
    repository.git('config', 'alias.checkpoint', 'status');
    const refused = await cli('install', 'git-checkpoint', '--json');
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stdout, /"reason":"other-alias"/);
  });
});
