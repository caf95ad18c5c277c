import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeRepository, type Repository } from '../../support/repository.ts';
import { cliPath, hookPath, softLandingJson, type CheckpointList } from '../../support/softLanding.ts';
import { filesInTree } from '../../support/workingTree.ts';

interface HookRun {
  readonly exitCode: number | null;
  readonly output: string;
  readonly ms: number;
}

interface LogLine {
  readonly event: string;
  readonly reason?: string;
  readonly id?: string;
}

describe('hook.cjs claude', () => {
  let repository: Repository;
  let state: string;

  beforeEach(() => {
    repository = makeRepository({ files: { 'app.js': 'one\n', 'keep.txt': 'kept\n' } });
    state = path.join(repository.outer, 'state');
  });
  afterEach(() => repository.remove());

  function hook(input: object | string, env: NodeJS.ProcessEnv = {}, args = ['claude']): Promise<HookRun> {
    const started = performance.now();
    const child = spawn(process.execPath, [hookPath, ...args], {
      cwd: repository.dir,
      env: { ...process.env, HOME: repository.outer, SOFT_LANDING_HOME: state, ...env },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(typeof input === 'string' ? input : JSON.stringify(input));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => resolve({ exitCode, output, ms: performance.now() - started }));
    });
  }

  const event = (fields: object) => ({ session_id: 's1', cwd: repository.dir, transcript_path: '/t.jsonl', ...fields });
  const prompt = (text: string) => event({ hook_event_name: 'UserPromptSubmit', prompt: text });
  const tool = (name: string, input: object, more: object = {}) =>
    event({ hook_event_name: 'PreToolUse', tool_name: name, tool_input: input, ...more });
  const log = (): LogLine[] => {
    const file = path.join(state, 'log', 'events.jsonl');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LogLine);
  };
  const list = async (dir = repository.dir) => {
    const env = { ...process.env, SOFT_LANDING_HOME: state };
    return (await softLandingJson<CheckpointList>({ args: ['checkpoint', 'list'], cwd: dir, env })).checkpoints;
  };

  it('saves the state before a prompt and before each tool, labelled with the prompt, and says nothing', async () => {
    const before = repository.state();
    assert.deepEqual(await hook(prompt('Fix "add"\nand more')).then(({ exitCode, output }) => [exitCode, output]), [
      0,
      '',
    ]);
    repository.write('app.js', 'two\n');
    repository.write('new.txt', 'untracked\n');
    const file = path.join(repository.dir, 'app.js');
    const second = await hook(tool('Edit', { file_path: file, old_string: 'two', new_string: 'three' }));
    assert.deepEqual([second.exitCode, second.output], [0, '']);

    const [newest, oldest] = await list();
    assert.deepEqual([newest?.kind, newest?.label, newest?.tool], ['tool', 'Fix "add"', 'Edit app.js']);
    assert.deepEqual([oldest?.kind, oldest?.label], ['prompt', 'Fix "add"']);
    assert.equal(newest?.agent, 'claude');
    assert.equal(newest.session, 's1');
    const files = filesInTree(repository, newest.ref);
    assert.equal(files['app.js'], 'two\n');
    assert.equal(files['new.txt'], 'untracked\n');
    const after = repository.state();
    assert.deepEqual({ ...after, status: '' }, { ...before, status: '' });
  });

  it('makes no checkpoint where nothing changed', async () => {
    await hook(prompt('one'));
    await hook(tool('Bash', { command: 'true' }));
    await hook(event({ hook_event_name: 'Stop' }));
    assert.equal((await list()).length, 1);
    assert.deepEqual(
      log().map((line) => line.event),
      ['checkpoint.created', 'checkpoint.unchanged', 'checkpoint.unchanged'],
    );
  });

  it('labels the state between two turns with the prompt that came after it', async () => {
    await hook(prompt('First'));
    repository.write('app.js', 'two\n');
    await hook(event({ hook_event_name: 'Stop' }));
    await hook(prompt('Second'));
    const found = (await list()).map(({ kind, label }) => [kind, label]);
    assert.deepEqual(found, [
      ['prompt', 'Second'],
      ['prompt', 'First'],
    ]);
  });

  it('keeps what a prompt found apart from what was saved of the same state for somebody else', async () => {
    await hook(prompt('First'));
    repository.write('app.js', 'two\n');
    await hook(tool('Bash', { command: 'npm test' }));
    await hook(event({ hook_event_name: 'Stop' }));
    await hook(prompt('Second'));
    const [second] = await list();
    assert.deepEqual([second?.kind, second?.label], ['prompt', 'Second']);
    assert.equal(second && filesInTree(repository, second.ref)['app.js'], 'two\n');
    const file = path.join(repository.dir, 'app.js');
    await hook(tool('Edit', { file_path: file, old_string: 'two', new_string: 'three' }));
    const found = (await list()).map(({ kind, label }) => [kind, label]);
    assert.deepEqual(found, [
      ['prompt', 'Second'],
      ['tool', 'First'],
      ['prompt', 'First'],
    ]);
  });

  it('calls a state by the last prompt where the one before it, of the same session, changed nothing', async () => {
    await hook(prompt('What is this?'));
    await hook(prompt('Mend it'));
    await hook({ ...prompt('Mend that'), session_id: 's2' });
    assert.deepEqual(
      (await list()).map(({ session, label }) => [session, label]),
      [
        ['s2', 'Mend that'],
        ['s1', 'Mend it'],
      ],
    );
  });

  it("labels the session's first state with the first prompt", async () => {
    await hook(event({ hook_event_name: 'SessionStart', source: 'startup' }));
    assert.deepEqual(
      (await list()).map(({ kind }) => kind),
      ['session'],
    );
    await hook(prompt('Rename everything'));
    assert.deepEqual(
      (await list()).map(({ kind, label }) => [kind, label]),
      [['prompt', 'Rename everything']],
    );
  });

  it('saves the repository of the file that is edited, not the one the agent was started in', async () => {
    const other = makeRepository({ files: { 'b.txt': 'b\n' } });
    try {
      await hook(tool('Write', { file_path: path.join(other.dir, 'not/there/yet.txt'), content: 'x' }));
      assert.equal((await list(other.dir)).length, 1);
      assert.equal((await list()).length, 0);
    } finally {
      other.remove();
    }
  });

  it('lets parallel subagents through one after the other', async () => {
    repository.write('app.js', 'changed\n');
    const runs = await Promise.all(
      Array.from({ length: 6 }, (_, n) => hook(tool('Bash', { command: 'true' }, { agent_id: `agent${n}` }))),
    );
    assert.deepEqual(
      runs.map(({ exitCode, output }) => [exitCode, output]),
      Array(6).fill([0, '']),
    );
    assert.equal((await list()).length, 1);
    assert.equal(log().filter((line) => line.event === 'checkpoint.created').length, 1);
    assert.equal(log().filter((line) => line.event === 'checkpoint.unchanged').length, 5);
  });

  for (const [name, input] of [
    ['nothing', ''],
    ['a torn line', '{"session_id":"s1","hook_event_na'],
    ['something else', '[1,2,3]'],
    ['a missing field', '{"hook_event_name":"PreToolUse","cwd":"/"}'],
    ['binary', '\u0000\u0001\ufffd'],
  ] as const) {
    it(`exits 0 and says so in the log when its input is ${name}`, async () => {
      const { exitCode, output } = await hook(input);
      assert.deepEqual([exitCode, output], [0, '']);
      assert.deepEqual(
        log().map((line) => line.event),
        ['hook.unreadable'],
      );
    });
  }

  it('exits 0 for an agent it does not know, and without any argument', async () => {
    assert.equal((await hook(prompt('x'), {}, ['borland'])).exitCode, 0);
    assert.equal((await hook(prompt('x'), {}, [])).exitCode, 0);
  });

  const outcomes = () => log().map(({ event: name, reason }) => [name, reason]);

  it('saves a folder without git that an agent works in, whichever of its events is the first, outside of it', async () => {
    const folder = path.join(repository.outer, 'plain');
    mkdirSync(path.join(folder, 'sub'), { recursive: true });
    writeFileSync(path.join(folder, 'notes.txt'), 'mine\n');
    // A tool names a file in a folder below; the session's folder is what is saved.
    const edit = tool('Write', { file_path: path.join(folder, 'sub', 'a.txt'), content: 'x' });
    const { exitCode, output } = await hook({ ...edit, cwd: folder });
    assert.deepEqual([exitCode, output], [0, '']);
    assert.deepEqual(outcomes(), [['checkpoint.created', undefined]]);
    writeFileSync(path.join(folder, 'notes.txt'), 'agent\n');
    await hook({ ...prompt('next'), cwd: folder });
    assert.deepEqual(
      (await list(folder)).map(({ kind, changedFiles }) => [kind, changedFiles]),
      [
        ['prompt', 1],
        ['tool', 1],
      ],
    );
    assert.deepEqual(readdirSync(folder).sort(), ['notes.txt', 'sub']);
  });

  it('does not save what lies outside of the folder an agent works in, and no home, but says so of that', async () => {
    const folder = path.join(repository.outer, 'home', 'plain');
    mkdirSync(folder, { recursive: true });
    const home = path.dirname(folder);
    const elsewhere = tool('Write', { file_path: path.join(home, 'other', 'a.txt'), content: 'x' });
    await hook({ ...elsewhere, cwd: folder }, { HOME: home });
    assert.deepEqual(outcomes(), [['checkpoint.not-applicable', 'not-a-repository']]);
    await hook({ ...prompt('x'), cwd: home }, { HOME: home });
    assert.deepEqual(outcomes().at(-1), ['checkpoint.missing', 'folder-not-allowed']);
    assert.equal(existsSync(path.join(state, 'stores')), false);
  });

  it('exits 0 where its working folder is gone, git is missing or the state folder cannot be written', async () => {
    assert.equal((await hook({ ...prompt('x'), cwd: path.join(repository.outer, 'gone') })).exitCode, 0);
    assert.equal((await hook(prompt('x'), { PATH: '' })).exitCode, 0);
    assert.equal(log().at(-1)?.event, 'checkpoint.missing');
    assert.equal(log().at(-1)?.reason, 'no-git');
    // A file where the folder should be: not even the log can be written.
    const blocked = path.join(repository.outer, 'blocked');
    writeFileSync(blocked, '');
    assert.equal((await hook(prompt('x'), { SOFT_LANDING_HOME: blocked })).exitCode, 0);
  });

  it('records the missing checkpoint for the session, and forgets it with the next good one', async () => {
    const session = (): { missing: { reason: string } | null } => {
      const folder = path.join(state, 'sessions');
      const [name = ''] = readdirSync(folder);
      return JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { missing: { reason: string } | null };
    };
    await hook(prompt('x'), { PATH: '' });
    assert.equal(session().missing?.reason, 'no-git');
    await hook(prompt('y'));
    assert.equal(session().missing, null);
  });

  it('lets the agent go on after 10 s: when git hangs, and leaves nothing behind and records it; when its input is never closed', async function () {
    this.timeout(30_000);
    // Both at once: they only wait.
    const endless = spawn(process.execPath, [hookPath, 'claude'], {
      env: { ...process.env, SOFT_LANDING_HOME: path.join(repository.outer, 'other state') },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const started = performance.now();
    const endlessEnded = new Promise((resolve) =>
      endless.once('exit', (code) => resolve([code, performance.now() - started < 11_500])),
    );
    // A git that never comes back, with a child of its own, as a filter or fsmonitor would be.
    const bin = path.join(repository.outer, 'bin');
    mkdirSync(bin);
    const pidFile = path.join(repository.outer, 'pids');
    writeFileSync(
      path.join(bin, 'git'),
      `#!/bin/sh\necho $$ >> '${pidFile}'\nsleep 60 & echo $! >> '${pidFile}'\nwait\n`,
    );
    chmodSync(path.join(bin, 'git'), 0o755);
    const { exitCode, output, ms } = await hook(prompt('x'), { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
    assert.deepEqual([exitCode, output], [0, '']);
    assert.ok(ms > 9000 && ms < 11_500, `${ms} ms`);
    assert.deepEqual(
      log().map(({ event: name, reason }) => [name, reason]),
      [['checkpoint.missing', 'aborted']],
    );
    for (const pid of readFileSync(pidFile, 'utf8').trim().split('\n')) {
      // A container's init may leave the dead unburied (Z): those run no more either.
      const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' });
      assert.match(stdout.trim(), /^(Z.*)?$/, `process ${pid} is still there`);
    }
    assert.deepEqual(await endlessEnded, [0, true]);
    endless.stdin.destroy();
  });

  it('answers as a command of the CLI too', async () => {
    const child = spawn(process.execPath, [cliPath, 'hook', 'claude'], {
      env: { ...process.env, SOFT_LANDING_HOME: state },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(JSON.stringify(prompt('by hand')));
    assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
    assert.equal(output, '');
    assert.deepEqual(
      (await list()).map(({ label }) => label),
      ['by hand'],
    );
  });
});
