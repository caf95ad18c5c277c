import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandEnvironment, runShellCommand } from '../../../src/checkpoints/verify/shellCommand.ts';
import { isAlive } from '../../../src/store/fileLock.ts';

describe('running a verify command', () => {
  let cwd: string;
  beforeEach(() => {
    cwd = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-shell-')));
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  const run = (command: string, more: Partial<Parameters<typeof runShellCommand>[0]> = {}) =>
    runShellCommand({ command, cwd, deadlineMs: 20_000, ...more });
  const pidIn = async (name: string): Promise<number> => {
    while (!existsSync(join(cwd, name)) || readFileSync(join(cwd, name), 'utf8') === '') await sleep(10);
    return Number(readFileSync(join(cwd, name), 'utf8'));
  };
  const isGone = async (pid: number): Promise<boolean> => {
    for (let waited = 0; waited < 3000; waited += 20) {
      if (!isAlive(pid)) return true;
      await sleep(20);
    }
    return false;
  };

  it('tells its exit code and both streams, as they come and as a whole', async () => {
    const pieces: Buffer[] = [];
    const end = await run('pwd; echo wrong >&2; exit 3', { onOutput: (chunk) => pieces.push(chunk) });
    assert.deepEqual([end.end, end.exitCode], ['exited', 3]);
    assert.deepEqual(end.output.trim().split('\n').sort(), [cwd, 'wrong'].sort());
    assert.equal(Buffer.concat(pieces).toString(), end.output);
  });

  it('gives it nothing to read, so that nothing waits for an answer', async () => {
    const end = await run('cat; echo end');
    assert.deepEqual([end.exitCode, end.output], [0, 'end\n']);
  });

  it('ends it and all that it started at the deadline', async () => {
    const end = await run('sh -c "trap \'\' TERM; echo \\$\\$ > pid; while :; do sleep 0.1; done" & wait', {
      deadlineMs: 700,
    });
    assert.deepEqual([end.end, end.exitCode], ['deadline', null]);
    assert.ok(end.ms >= 700 && end.ms < 15_000, String(end.ms));
    assert.equal(await isGone(await pidIn('pid')), true);
  });

  it('ends it when it is cancelled, also before it began', async () => {
    const controller = new AbortController();
    const running = run('echo $$ > pid; sleep 60', { signal: controller.signal });
    const pid = await pidIn('pid');
    controller.abort();
    assert.equal((await running).end, 'aborted');
    assert.equal(await isGone(pid), true);
    assert.equal((await run('sleep 60', { signal: controller.signal })).end, 'aborted');
  });

  it('does not wait for what it left running, and ends that', async () => {
    const end = await run('sleep 60 & echo $! > pid; exit 0');
    assert.deepEqual([end.end, end.exitCode], ['exited', 0]);
    assert.ok(end.ms < 10_000, String(end.ms));
    assert.equal(await isGone(await pidIn('pid')), true);
  });

  it('says that there is no such folder', async () => {
    const end = await run('true', { cwd: join(cwd, 'nowhere') });
    assert.equal(end.end, 'not-started');
    assert.match(end.output, /ENOENT/);
  });

  it('has the environment of a terminal, not that of an editor or a git hook', () => {
    const env = {
      PATH: '/bin',
      GIT_DIR: 'x',
      GIT_INDEX_FILE: 'x',
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_PID: '1',
      GIT_AUTHOR_NAME: 'a',
    };
    assert.deepEqual(commandEnvironment(env), { PATH: '/bin', GIT_AUTHOR_NAME: 'a' });
  });
});
