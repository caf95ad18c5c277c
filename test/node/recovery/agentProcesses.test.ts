import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentProcesses } from '../../../src/recovery/agentProcesses.ts';

const isUnix = process.platform !== 'win32';

describe('the processes of an agent', () => {
  let folder: string;
  let agent: ChildProcess;
  /** no agent of the person who runs the tests is called this */
  const name = `agent-${process.pid}`;

  before(async function () {
    if (!isUnix) return this.skip();
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-test-')));
    const script = join(folder, `${name}.js`);
    writeFileSync(script, "console.log('up'); setInterval(() => undefined, 1000);\n");
    agent = spawn(process.execPath, [script, '--cd', '/some where/else'], { cwd: folder });
    assert.ok(agent.stdout);
    await once(agent.stdout, 'data');
  });
  after(() => {
    if (!isUnix) return;
    agent.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  for (const platform of ['linux', 'darwin'] as const) {
    it(`are found as ${platform} tells them, with where they work and what they were given`, async function () {
      const isToldHere = platform === 'linux' ? process.platform === 'linux' : !spawnSync('lsof', ['-v']).error;
      if (!isToldHere) this.skip();
      const found = await agentProcesses(name, platform);
      assert.deepEqual(
        found?.map(({ cwd }) => cwd),
        [folder],
      );
      assert.ok(found[0]?.commandLine.endsWith(`${name}.js --cd /some where/else`));
      assert.deepEqual(await agentProcesses(`${name}-other`, platform), []);
    });
  }

  it('are unknown on Windows', async () => {
    assert.equal(await agentProcesses(name, 'win32'), null);
  });
});
