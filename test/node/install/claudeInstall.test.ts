import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launcherFile, refreshLauncher, writeLauncher } from '../../../src/install/launcher.ts';
import { softLanding, type CliOutcome } from '../../support/softLanding.ts';

describe('install claude', () => {
  let outer: string;
  let project: string;
  let state: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    outer = realpathSync(mkdtempSync(path.join(tmpdir(), 'soft landing $HOME ')));
    project = path.join(outer, 'project');
    state = path.join(outer, "state it's");
    mkdirSync(project);
    env = { ...process.env, HOME: outer, SOFT_LANDING_HOME: state, CLAUDE_CONFIG_DIR: undefined };
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<CliOutcome> =>
    softLanding({ args: [...args, '--repo', project], cwd: outer, env });
  const local = () => path.join(project, '.claude', 'settings.local.json');

  it('goes into the file of each scope, and comes out of it', async () => {
    for (const [scope, file] of [
      ['local', local()],
      ['project', path.join(project, '.claude', 'settings.json')],
      ['user', path.join(outer, '.claude', 'settings.json')],
    ] as const) {
      assert.equal((await run('install', 'claude', '--scope', scope)).exitCode, 0);
      assert.ok(readFileSync(file, 'utf8').includes('soft-landing-hook'), scope);
      assert.equal((await run('uninstall', 'claude', '--scope', scope)).exitCode, 0);
      assert.ok(!existsSync(file), `${scope}: a file that we made is gone again`);
      assert.ok(!existsSync(path.dirname(file)), `${scope}: and so is its folder`);
    }
  });

  it('uses CLAUDE_CONFIG_DIR for the user scope', async () => {
    env['CLAUDE_CONFIG_DIR'] = path.join(outer, 'config');
    await run('install', 'claude');
    assert.ok(existsSync(path.join(outer, 'config', 'settings.json')));
  });

  if (process.platform !== 'win32') {
    /** A program of that name on the PATH which says so. */
    const claudeSays = (version: string): void => {
      const bin = path.join(outer, 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(path.join(bin, 'claude'), `#!/bin/sh\necho '${version} (Claude Code)'\n`, { mode: 0o700 });
      env['PATH'] = `${bin}:${process.env['PATH'] ?? ''}`;
    };
    /** What it wrote last. */
    const transcript = (...versions: string[]): void => {
      const folder = path.join(outer, '.claude', 'projects', '-p');
      mkdirSync(folder, { recursive: true });
      const lines = versions.map((version) => `${JSON.stringify({ type: 'user', version })}\n`);
      writeFileSync(path.join(folder, 'a.jsonl'), lines.join(''));
    };
    const events = (): readonly string[] =>
      Object.keys((JSON.parse(readFileSync(local(), 'utf8')) as { hooks: object }).hooks);

    it('names no event that the Claude Code here would not know, since it would pass over the whole file', async () => {
      claudeSays('2.1.70');
      assert.equal((await run('install', 'claude', '--scope', 'local')).exitCode, 0);
      assert.ok(!events().includes('PostToolBatch') && !events().includes('StopFailure'));
      assert.match((await run('doctor')).stdout, /ok +Claude Code's hooks are installed/);

      claudeSays('2.1.330');
      assert.equal((await run('install', 'claude', '--scope', 'local')).exitCode, 0);
      assert.ok(events().includes('PostToolBatch') && !events().includes('PostToolUse'));

      // The doctor runs no agent: it goes by what the agent wrote.
      transcript('2.1.70');
      assert.match(
        (await run('doctor')).stdout,
        /Claude Code cannot read its settings.*\n.*passes over the whole file/,
      );
      transcript('2.1.330');
      assert.match((await run('doctor')).stdout, /ok +Claude Code's hooks are installed/);
      await run('uninstall', 'claude', '--scope', 'local');
      assert.ok(!existsSync(local()));
    });

    it('goes by the newest transcript where no program is on the PATH, and by the present version where there is none', async () => {
      env['PATH'] = '/usr/bin:/bin';
      transcript('2.1.330', '2.1.71');
      await run('install', 'claude', '--scope', 'local');
      assert.ok(events().includes('PostToolUse'));
      rmSync(path.join(outer, '.claude'), { recursive: true });
      await run('install', 'claude', '--scope', 'local');
      assert.ok(events().includes('PostToolBatch'));
    });

    it('refuses a version that is too old, and changes nothing', async () => {
      claudeSays('1.0.128');
      const { exitCode, stderr } = await run('install', 'claude', '--scope', 'local');
      assert.equal(exitCode, 1);
      assert.match(stderr, /1\.0\.128 is too old.*Nothing was changed/);
      assert.ok(!existsSync(local()));
    });
  }

  it('changes nothing the second time, and gives back the very bytes, mode and link in the end', async () => {
    const real = path.join(outer, 'dotfiles.json');
    const before = Buffer.from('{\r\n\t"model" : "x",\r\n\t"env": { "A": "ü" }\r\n}');
    writeFileSync(real, before);
    chmodSync(real, 0o640);
    mkdirSync(path.dirname(local()));
    symlinkSync(real, local());
    await run('install', 'claude', '--scope', 'local');
    const once = readFileSync(real);
    const inode = statSync(real).ino;
    assert.match((await run('install', 'claude', '--scope', 'local')).stdout, /already installed/);
    assert.deepEqual(readFileSync(real), once);
    assert.equal(statSync(real).ino, inode, 'not even rewritten');
    assert.equal(statSync(real).mode & 0o777, 0o640);
    await run('uninstall', 'claude', '--scope', 'local');
    assert.deepEqual(readFileSync(real), before);
    assert.equal(statSync(real).mode & 0o777, 0o640);
    assert.equal(readlinkSync(local()), real);
  });

  it('after somebody else edited the file, takes out only what is ours', async () => {
    await run('install', 'claude', '--scope', 'local');
    const settings = JSON.parse(readFileSync(local(), 'utf8')) as Record<string, unknown>;
    writeFileSync(local(), JSON.stringify({ ...settings, theirs: [1] }, null, 4));
    await run('uninstall', 'claude', '--scope', 'local');
    assert.deepEqual(JSON.parse(readFileSync(local(), 'utf8')), { theirs: [1] });
  });

  it('leaves settings that are not valid JSON alone, and says so', async () => {
    mkdirSync(path.dirname(local()));
    for (const bad of [Buffer.from('{ // comment\n}'), Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), Buffer.from('{"a":')]) {
      writeFileSync(local(), bad);
      const { exitCode, stdout } = await run('install', 'claude', '--scope', 'local', '--json');
      assert.equal(exitCode, 1);
      const { error } = JSON.parse(stdout) as { error: { reason: string; message: string } };
      assert.match(error.reason, /^not-(json|utf8)$/);
      assert.match(error.message, /left alone/);
      assert.deepEqual(readFileSync(local()), bad);
    }
  });

  it('a dry run shows the change and makes none', async () => {
    const { stdout } = await run('install', 'claude', '--scope', 'local', '--dry-run', '--json');
    const change = JSON.parse(stdout) as { changed: boolean; after: string };
    assert.ok(change.changed && change.after.includes('soft-landing-hook'));
    assert.ok(!existsSync(local()) && !existsSync(launcherFile(state)));
  });

  it('says what is wrong with a wrong call', async () => {
    assert.equal((await run('install', 'claude', '--scope', 'planet')).exitCode, 2);
    assert.equal((await run('install')).exitCode, 2);
    assert.equal((await run('install', 'emacs')).exitCode, 1);
    const missing = path.join(outer, 'nowhere');
    const outcome = await softLanding({
      args: ['install', 'claude', '--scope', 'local', '--repo', missing],
      cwd: outer,
      env,
    });
    assert.equal(outcome.exitCode, 1);
    assert.ok(!existsSync(missing));
  });
});

describe('launcher', () => {
  let outer: string;
  beforeEach(() => {
    outer = realpathSync(mkdtempSync(path.join(tmpdir(), "launcher $HOME it's ")));
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const call = (stateFolder: string) =>
    spawnSync(launcherFile(stateFolder), ['claude', 'two words'], { encoding: 'utf8', input: 'in', env: { PATH: '' } });

  it('starts the hook with its arguments and input, whatever is in the paths, and tells it its state folder', async () => {
    const hook = path.join(outer, 'hook.cjs');
    writeFileSync(
      hook,
      'process.stdin.on("data", (d) => console.log(JSON.stringify([process.argv.slice(2), String(d), process.env.SOFT_LANDING_HOME])))',
    );
    const stateFolder = path.join(outer, 'state');
    await writeLauncher({ hook, runtimes: ['/nowhere/node', process.execPath], stateFolder });
    const { status, stdout } = call(stateFolder);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), [['claude', 'two words'], 'in', stateFolder]);
  });

  it('is silent and succeeds when the extension, or every Node, is gone', async () => {
    for (const target of [
      { hook: path.join(outer, 'gone.cjs'), runtimes: [process.execPath] },
      { hook: import.meta.filename, runtimes: ['/nowhere/node'] },
    ]) {
      await writeLauncher({ ...target, stateFolder: outer });
      const { status, stdout, stderr } = call(outer);
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
    }
  });

  it('follows an update at the same path, and is not made where there was none', async () => {
    const target = { hook: '/v1/hook.cjs', runtimes: [process.execPath], stateFolder: outer };
    await refreshLauncher(target);
    assert.ok(!existsSync(launcherFile(outer)));
    await writeLauncher(target);
    await refreshLauncher({ ...target, hook: '/v2/hook.cjs' });
    assert.ok(readFileSync(launcherFile(outer), 'utf8').includes('/v2/hook.cjs'));
    assert.equal(statSync(launcherFile(outer)).mode & 0o777, 0o700);
  });
});
