import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transcriptSources } from '../../../src/agents/transcriptSources.ts';
import { teedReadings } from '../../../src/hook/teedReadings.ts';
import { spoolFolder } from '../../../src/store/readingSpool.ts';
import { UsageScan } from '../../../src/usage/scan.ts';
import { cliPath } from '../../support/softLanding.ts';
import { makeUnwritable } from '../../support/unwritable.ts';

const resets = Math.floor(Date.now() / 1000) + 7200;
const session = 'e3c1773c-179c-4c00-8363-a59f27f9ef88';
const event = (used: number) =>
  `${JSON.stringify({
    type: 'rate_limit_event',
    rate_limit_info: {
      status: 'allowed',
      rateLimitType: 'five_hour',
      unifiedWindows: { five_hour: { utilization: used, resetsAt: resets, status: 'allowed' } },
    },
    session_id: session,
  })}\n`;
const output = `{"type":"system","subtype":"init"}\n${event(0.42)}{"type":"assistant"}\n${event(0.57)}{"type":"result"}\n`;

if (process.platform !== 'win32')
  describe('soft-landing stream-json', () => {
    let outer: string;
    let state: string;
    beforeEach(() => {
      outer = realpathSync(mkdtempSync(path.join(tmpdir(), 'stream json ')));
      state = path.join(outer, 'state');
    });
    afterEach(() => rmSync(outer, { recursive: true, force: true }));

    const env = () => ({
      PATH: process.env['PATH'],
      HOME: outer,
      CLAUDE_CONFIG_DIR: path.join(outer, 'config'),
      SOFT_LANDING_HOME: state,
    });
    const run = (words: readonly string[], input: string | Uint8Array = '') => {
      const options = { input, env: env(), maxBuffer: 1 << 28 };
      const { status, stdout, stderr } = spawnSync(process.execPath, [cliPath, 'stream-json', ...words], options);
      return { status, stdout, stderr: stderr.toString() };
    };
    const surroundings = () => ({ home: outer, env: env(), platform: process.platform });
    const told = () =>
      teedReadings('claude', state, surroundings()).map(({ account, window, used, resetsAt, source }) => [
        path.relative(outer, account),
        window,
        used,
        resetsAt === resets * 1000,
        source,
      ]);
    const wanted = [['config', 'five_hour', 0.57, true, 'rate limit event']];

    it('passes on input, both outputs and the exit code, and keeps what they tell of limits', async () => {
      const outcome = run(['--', 'sh', '-c', 'cat; echo "a word" >&2; exit 9'], output);
      assert.deepEqual(outcome, { status: 9, stdout: Buffer.from(output), stderr: 'a word\n' });
      // The hook is told of it, and so is whoever reads transcripts.
      assert.deepEqual(told(), wanted);
      const scan = new UsageScan({
        sources: transcriptSources,
        surroundings: surroundings(),
        sinceMs: null,
        stateFolder: state,
      });
      await scan.sweep();
      assert.deepEqual(
        scan.snapshot().readings.map(({ window, used, confidence }) => [window, used, confidence]),
        [['five_hour', 0.57, 'official']],
      );
    });

    it('reads what a pipe brings where no command is named', () => {
      assert.deepEqual(run([], output), { status: 0, stdout: Buffer.from(output), stderr: '' });
      assert.deepEqual(told(), wanted);
    });

    it('changes no byte of 20 MB that are no text', () => {
      const large = randomBytes(20 << 20);
      assert.ok(run(['--', 'cat'], large).stdout.equals(large));
      assert.ok(run([], large).stdout.equals(large));
      assert.equal(existsSync(spoolFolder(state)), false);
    });

    it('keeps it in one private file of the session, however many runs there are', () => {
      run([], output);
      run([], output);
      assert.deepEqual(readdirSync(spoolFolder(state)), [`stream-${session}.json`]);
      assert.equal(statSync(path.join(spoolFolder(state), `stream-${session}.json`)).mode & 0o777, 0o600);
    });

    it('leaves the words after -- alone', () => {
      const words = ['-h', '--json', '--home', 'x', '--version', 'a b', '--', ''];
      assert.equal(
        run(['--', 'printf', '<%s>', ...words]).stdout.toString(),
        words.map((word) => `<${word}>`).join(''),
      );
    });

    it('says so where there is no such command', () => {
      const { status, stderr } = run(['--', '/nowhere/claude']);
      assert.equal(status, 2);
      assert.match(stderr, /^soft-landing: \/nowhere\/claude: .*ENOENT/);
    });

    it('does not mind a state folder that cannot be written', () => {
      mkdirSync(state);
      const restore = makeUnwritable(state);
      try {
        assert.deepEqual(run(['--', 'cat'], output), { status: 0, stdout: Buffer.from(output), stderr: '' });
      } finally {
        restore();
      }
    });

    it('lets the command end as in a pipe when nobody reads its output any more', () => {
      const endless = 'while echo line; do :; done 2>/dev/null; echo ended >&2';
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', '"$0" "$@" | head -n 1 >/dev/null', process.execPath, cliPath, 'stream-json', '--', 'sh', '-c', endless],
        { env: env(), encoding: 'utf8' },
      );
      assert.equal(status, 0);
      assert.doesNotMatch(stderr, /soft-landing:/);
    });

    it('passes a signal on, and waits for the command’s own end', async () => {
      const waiting = `trap 'echo landed; exit 5' TERM; echo ready; while :; do sleep 0.05; done`;
      const child = spawn(process.execPath, [cliPath, 'stream-json', '--', 'sh', '-c', waiting], {
        env: env(),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        if (text.includes('ready')) child.kill('SIGTERM');
      });
      const [code] = (await once(child, 'close')) as [number | null];
      assert.deepEqual([code, stdout], [5, 'ready\nlanded\n']);
    });

    it('ends as the command that a signal killed', () => {
      assert.equal(run(['--', 'sh', '-c', 'kill -9 $$']).status, 128 + 9);
    });
  });
