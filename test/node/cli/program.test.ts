import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cliPath, softLanding } from '../../support/softLanding.ts';

describe('soft-landing', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'soft-landing-program-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const env = () => ({ PATH: process.env['PATH'], HOME: folder, SOFT_LANDING_HOME: join(folder, 'state') });

  /** Runs it with one of its outputs closed from the start, as `| head` does when it has seen enough. */
  async function unread(closed: 'stdout' | 'stderr', ...args: string[]) {
    const child = spawn(process.execPath, [cliPath, ...args], { cwd: folder, env: env(), stdio: 'pipe' });
    child[closed].destroy();
    const heard = text(closed === 'stdout' ? child.stderr : child.stdout);
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { exitCode, heard: await heard };
  }

  it('ends as it would have when nobody reads what it says', async () => {
    assert.deepEqual(await unread('stdout', '--help'), { exitCode: 0, heard: '' });
    assert.deepEqual(await unread('stdout', 'status', '--json'), { exitCode: 0, heard: '' });
    assert.deepEqual(await unread('stderr', 'estimate'), { exitCode: 2, heard: '' });
  });

  it('says what it was asked for that it does not know, and what there is of that kind', async () => {
    const refusal = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await softLanding({ args, cwd: folder, env: env() });
      assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
      return stderr.split('\n')[0];
    };
    assert.equal(await refusal('handover'), 'soft-landing: there is no command handover');
    assert.equal(await refusal('--repo', folder, 'plan'), 'soft-landing: plan takes one of show, new, next, done');
    assert.equal(await refusal('plan', 'show-all'), 'soft-landing: plan takes one of show, new, next, done');
    assert.equal(await refusal('--json'), 'soft-landing: a command is missing');
  });
});
