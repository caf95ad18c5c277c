import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from '../../../src/store/fileLock.ts';
import { launcherFile, writeLauncher } from '../../../src/install/launcher.ts';
import { gitEnvironment, makeRepository, type Repository } from '../../support/repository.ts';
import { hookPath } from '../../support/softLanding.ts';

describe('the launcher lets git look while Node starts', function () {
  // There the agent names Node itself, and no script runs before it.
  if (process.platform === 'win32') return;

  let repository: Repository;
  let stateFolder: string;
  let calls: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    repository = makeRepository({ files: { 'a.txt': 'a1\n', 'dir/b.txt': 'b1\n' } });
    stateFolder = join(repository.outer, 'state folder');
    calls = join(repository.outer, 'calls');
    // A git that writes down what it is asked, and then does it.
    const programs = join(repository.outer, 'programs');
    mkdirSync(programs);
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const script = `#!/bin/sh\necho "$*" >> '${calls}'\n[ -e '${calls}.slow' ] && { echo $$ >> '${calls}.pids'; exec sleep 30; }\nexec '${real}' "$@"\n`;
    writeFileSync(join(programs, 'git'), script);
    chmodSync(join(programs, 'git'), 0o755);
    const path = `${programs}${delimiter}${process.env['PATH'] ?? ''}`;
    env = { ...gitEnvironment(), PATH: path, HOME: repository.outer };
    await writeLauncher({ hook: hookPath, runtimes: [process.execPath], stateFolder });
    // Nothing of the repository is so young that an early look at it would not be believed.
    const before = Date.now() / 1000 - 60;
    for (const file of ['.git/index', 'a.txt', 'dir/b.txt']) utimesSync(join(repository.dir, file), before, before);
    repository.git('update-index', '--refresh');
    utimesSync(join(repository.dir, '.git/index'), before, before);
  });
  afterEach(() => repository.remove());

  /** One hook as the agent runs it; answers the git commands, by name, in the order in which they began. */
  function hook(tool: string, file: string | null, more: NodeJS.ProcessEnv = {}, cwd = repository.dir): string[] {
    rmSync(calls, { force: true });
    const event = { session_id: 's', cwd, transcript_path: '/t', hook_event_name: 'PreToolUse', tool_name: tool };
    const input = JSON.stringify({
      ...event,
      tool_input: file === null ? {} : { file_path: join(repository.dir, file) },
    });
    const run = spawnSync(launcherFile(stateFolder), ['claude'], { cwd, env: { ...env, ...more }, input });
    assert.deepEqual([run.status, run.stdout.toString(), run.stderr.toString()], [0, '', '']);
    const names = readFileSync(calls, 'utf8').trim().split('\n');
    return names.map((line) => line.replace(/^(?:-c \S+ )*/, '').split(' ')[0] ?? '');
  }

  const lastEvent = (): string =>
    readFileSync(join(stateFolder, 'log', 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .at(-1) ?? '';

  /** The newest checkpoint's content of a file. */
  const saved = (file: string): string => {
    const ref = repository.git('for-each-ref', '--sort=-refname', '--format=%(refname)', 'refs/soft-landing/main/*/w');
    return repository.git('show', `${ref.split('\n')[0] ?? ''}:${file}`);
  };

  /** What was just written is too young for the next early look to be believed. */
  const aged = (): void => {
    const before = Date.now() / 1000 - 30;
    utimesSync(join(repository.dir, '.git', 'soft-landing', 'last.json'), before, before);
  };
  /** Written a moment before the next hook, however long this machine takes to come to it. */
  const fresh = (...path: readonly string[]): void => {
    const soon = Date.now() / 1000 + 30;
    utimesSync(join(repository.dir, '.git', ...path), soon, soon);
  };

  /** That every git which hung has been ended. */
  async function ended(): Promise<void> {
    const file = `${calls}.pids`;
    const pids = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
    for (const end = Date.now() + 2000; pids.some(isAlive) && Date.now() < end;) await wait(20);
    assert.deepEqual(pids.filter(isAlive), []);
  }

  it('and is asked nothing more where nothing has changed', () => {
    hook('Edit', 'dir/b.txt');
    aged();
    assert.deepEqual(hook('Edit', 'dir/b.txt'), ['rev-parse', 'status']);
    assert.match(lastEvent(), /"checkpoint\.unchanged"/);
    assert.deepEqual(readdirSync(join(stateFolder, 'early')), []);
  });

  it('and saves what it saw', () => {
    hook('Edit', 'a.txt');
    repository.write('a.txt', 'a2\n');
    aged();
    assert.equal(hook('Bash', null).filter((name) => name === 'status').length, 1);
    assert.match(lastEvent(), /"checkpoint\.created"/);
    assert.equal(saved('a.txt'), 'a2\n');
  });

  it('but is asked again where something was saved or staged a moment ago', () => {
    hook('Edit', 'a.txt');
    fresh('soft-landing', 'last.json');
    assert.equal(hook('Edit', 'a.txt').filter((name) => name === 'status').length, 2);
    aged();
    repository.write('a.txt', 'a2\n');
    repository.git('add', 'a.txt');
    fresh('index');
    assert.equal(hook('Edit', 'a.txt').filter((name) => name === 'status').length, 2);
    assert.equal(saved('a.txt'), 'a2\n');
  });

  it('but not believed of another repository, nor where variables point elsewhere', () => {
    const inner = join(repository.dir, 'inner');
    mkdirSync(inner);
    execFileSync('git', ['init', '-q', inner], { env: gitEnvironment() });
    repository.write('inner/x.txt', 'x\n');
    hook('Edit', 'inner/x.txt');
    const listed = execFileSync('git', ['-C', inner, 'for-each-ref', 'refs/soft-landing'], { encoding: 'utf8' });
    assert.match(listed, /\/w\n/);

    hook('Edit', 'a.txt');
    aged();
    const elsewhere = { GIT_DIR: join(inner, '.git') };
    assert.ok(hook('Edit', 'a.txt', elsewhere).length > 2);
    assert.equal(existsSync(join(repository.dir, '.git', 'soft-landing', 'last.json')), true);
  });

  it('and nobody waits for a git that hangs', async function () {
    this.timeout(30_000);
    hook('Edit', 'a.txt');
    writeFileSync(`${calls}.slow`, '');
    const started = Date.now();
    hook('Edit', 'a.txt');
    assert.ok(Date.now() - started < 14_000, 'the agent waited');
    assert.match(lastEvent(), /"checkpoint\.missing".*"aborted"/);
    await ended();
  });

  it('and none is left that nobody waits for', async () => {
    writeFileSync(`${calls}.slow`, '');
    const input = JSON.stringify({ session_id: 's', cwd: repository.dir, hook_event_name: 'Notification' });
    const { status } = spawnSync(launcherFile(stateFolder), ['claude'], { cwd: repository.dir, env, input });
    assert.equal(status, 0);
    await ended();
  });

  it('and the hook does without where the folder for it is missing', () => {
    rmSync(join(stateFolder, 'early'), { recursive: true });
    repository.write('a.txt', 'a2\n');
    hook('Edit', 'a.txt');
    assert.equal(saved('a.txt'), 'a2\n');
  });
});
