import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { farFile, launcherFile, writeLauncher } from '../../../src/install/launcher.ts';

/** A hook that tells what it was given, after a pause, so that whoever ends with its parent tells nothing. */
const recorder = `
const { readFileSync, writeFileSync } = require('node:fs');
const input = readFileSync(0, 'utf8');
const early = process.env.SOFT_LANDING_EARLY_LOOK !== undefined;
setTimeout(() => writeFileSync(__filename + '.json', JSON.stringify({ args: process.argv.slice(2), input, early })), 300);
`;

describe('launcher, run', function () {
  if (process.platform === 'win32') return;
  let outer: string;
  let state: string;
  let record: string;

  beforeEach(async () => {
    outer = mkdtempSync(path.join(tmpdir(), 'soft-landing-launcher-'));
    state = path.join(outer, 'state of $USER');
    const hook = path.join(outer, 'hook.cjs');
    writeFileSync(hook, recorder);
    record = `${hook}.json`;
    await writeLauncher({ hook, runtimes: [process.execPath], stateFolder: state });
  });
  afterEach(() => rmSync(outer, { recursive: true }));

  /** Starts it as agents do; `kill`: ends its process group as soon as it has its input, as `claude -p` does when it fails. */
  async function launch(args: string[], { input = 'input', kill = false } = {}): Promise<number | null> {
    const child = spawn(launcherFile(state), args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    await new Promise<void>((resolve, reject) => {
      child.stdin.once('error', reject);
      child.stdin.end(input, resolve);
    });
    if (kill) {
      await exit;
      assert.ok(child.pid);
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Nobody of the group is left.
      }
    }
    return exit;
  }
  const recorded = (): unknown => JSON.parse(readFileSync(record, 'utf8'));

  it('starts the hook with its arguments and its input, and lets git look meanwhile', async () => {
    assert.equal(await launch(['claude']), 0);
    assert.deepEqual(recorded(), { args: ['claude'], input: 'input', early: true });
  });

  it('goes on by itself when the agent ends at once and takes its hooks along', async () => {
    assert.equal(await launch(['claude', 'detached'], { kill: true }), 0);
    assert.equal(existsSync(record), false);
    for (let waited = 0; !existsSync(record) && waited < 10_000; waited += 50) await sleep(50);
    assert.deepEqual(recorded(), { args: ['claude', 'detached'], input: 'input', early: false });
  });

  describe('after a batch of tools', () => {
    const far = (text: string): void => {
      mkdirSync(path.dirname(farFile(state, 'claude')), { recursive: true });
      writeFileSync(farFile(state, 'claude'), text);
    };
    const inSeconds = (seconds: number): string => `${Math.floor(Date.now() / 1000) + seconds}\n`;
    const runs = async (): Promise<boolean> => {
      rmSync(record, { force: true });
      // More than a pipe holds: taken in full, or the agent's write would fail.
      assert.equal(await launch(['claude', 'landing'], { input: 'x'.repeat(300_000) }), 0);
      return existsSync(record);
    };

    it('starts nothing while no limit can be near', async () => {
      far(inSeconds(30));
      assert.equal(await runs(), false);
    });

    it('starts the hook when nothing is known, when the time is over, and when what is written is none', async () => {
      assert.equal(await runs(), true);
      for (const text of [inSeconds(-1), inSeconds(100_000), '', 'soon\n', '-5\n', '9'.repeat(400)]) {
        far(text);
        assert.equal(await runs(), true, JSON.stringify(text));
      }
    });

    it('starts the hook for another agent, and once preferences have changed', async () => {
      far(inSeconds(30));
      assert.equal(await launch(['codex', 'landing']), 0);
      assert.ok(existsSync(record));
      writeFileSync(path.join(state, 'preferences.json'), '{}');
      const later = new Date(Date.now() + 2000);
      utimesSync(path.join(state, 'preferences.json'), later, later);
      assert.equal(await runs(), true);
    });
  });
});
