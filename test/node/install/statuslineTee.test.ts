import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { teedCommand } from '../../../src/agents/claude/statuslineSettings.ts';
import { statuslineLauncherFile, writeStatuslineLauncher } from '../../../src/install/statuslineLauncher.ts';
import { mostSpooled, spoolFolder } from '../../../src/store/readingSpool.ts';
import { cliPath } from '../../support/softLanding.ts';
import { makeUnwritable } from '../../support/unwritable.ts';

const input = `${JSON.stringify({ session_id: 's', rate_limits: { five_hour: { used_percentage: 42, resets_at: 1 } } })}\n`;

/** What people have in their settings, and what could go wrong with it. */
const commands: Readonly<Record<string, string>> = {
  'shows its input': 'cat',
  'is a pipeline': `cat | tr a-z A-Z | cut -c 1-40`,
  'fails, with words on both outputs': 'cat; echo "it\'s over" >&2; echo "no newline"; printf end; exit 3',
  'reads nothing': 'printf "%s" "$0 $# $@"',
  'reads one line': 'read -r line; printf "%s" "$line"',
  'is killed by a signal': 'echo first; kill -9 $$',
  'does not exist': '/nowhere/statusline --flag',
  'is no shell': 'if then fi (',
  'has every sign there is': `printf '%s\\n' "a'b" '$HOME' "\\\\" \`echo tick\` "$(echo sub)" 'ü→🙂' # comment`,
  'has several lines': 'x=1\nif [ "$x" = 1 ]; then\n  echo "one\ntwo"\nfi',
  'writes raw bytes': String.raw`printf '\000\377\033[31m'`,
  'uses its surroundings': 'printf "%s|" "$PWD" "$MARK" "$-" "$(umask)"; ls /proc/self/fd 2>/dev/null; env | sort',
};

const readOr = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

describe('the statusline tee', () => {
  let outer: string;
  let state: string;
  let launcher: string;
  beforeEach(async () => {
    outer = realpathSync(mkdtempSync(path.join(tmpdir(), "tee $HOME it's ")));
    state = path.join(outer, 'state folder');
    launcher = statuslineLauncherFile(state);
    await writeStatuslineLauncher(state);
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const run = (shell: string, command: string, stdin: string | Uint8Array = input) => {
    const { status, signal, stdout, stderr } = spawnSync(shell, ['-c', command], {
      cwd: outer,
      input: stdin,
      env: { PATH: process.env['PATH'], HOME: outer, MARK: 'm' },
      maxBuffer: 1 << 28,
    });
    return { status, signal, stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
  };
  const slots = () => readdirSync(spoolFolder(state)).filter((name) => name.endsWith('.json'));
  /** The copy may come a moment after the command has ended. */
  const kept = async (): Promise<string> => {
    const isDone = () => slots().length > 0 && !readdirSync(spoolFolder(state)).some((name) => name.startsWith('.'));
    for (let tries = 0; tries < 250 && !isDone(); tries += 1) await wait(20);
    const [slot, ...more] = slots();
    assert.ok(slot !== undefined && more.length === 0, readdirSync(spoolFolder(state)).join());
    return path.join(spoolFolder(state), slot);
  };

  const shells = ['/bin/sh', '/bin/bash'].filter((shell) => existsSync(shell));
  for (const shell of shells)
    for (const [name, command] of Object.entries(commands))
      it(`changes nothing for a command that ${name}, run by ${path.basename(shell)}`, async () => {
        assert.deepEqual(run(shell, teedCommand({ launcher, command })), run(shell, command));
        assert.equal(readFileSync(await kept(), 'utf8'), input);
      });

  if (shells.includes('/bin/bash'))
    it('runs a command in the shell that it was written for', () => {
      const command = '[[ $(cat) =~ 42 ]] && echo "${BASH_REMATCH[0]}"';
      assert.equal(run('/bin/bash', teedCommand({ launcher, command })).stdout, '42\n');
    });

  it('keeps only the newest input of each process of the agent, for nobody else to read', async () => {
    for (let turn = 0; turn < 5; turn += 1) run('/bin/sh', teedCommand({ launcher, command: 'cat' }), `{"n":${turn}}`);
    const file = await kept();
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /^\{"n":\d\}$/);
  });

  it('keeps the newest input of each session, whichever process tells it, and makes room by the oldest', async () => {
    const of = (session: string, turn: number) => `${JSON.stringify({ session_id: session, turn })}\n`;
    const tell = (session: string, turn: number) =>
      run('/bin/sh', teedCommand({ launcher, command: turn === 1 ? '' : 'cat' }), of(session, turn));
    for (let index = 0; index < mostSpooled + 20; index += 1) {
      writeFileSync(path.join(spoolFolder(state), `${index}.json`), '{}');
      utimesSync(path.join(spoolFolder(state), `${index}.json`), index + 1, index + 1);
    }
    for (const turn of [1, 2]) for (const session of ['a-1', 'b-2', '../c']) tell(session, turn);
    const file = (name: string) => path.join(spoolFolder(state), `${name}.json`);
    const isDone = () => ['a-1', 'b-2'].every((name) => readOr(file(name)) === of(name, 2));
    for (let tries = 0; tries < 250 && !isDone(); tries += 1) await wait(20);
    assert.deepEqual(
      ['a-1', 'b-2'].map((name) => readOr(file(name))),
      [of('a-1', 2), of('b-2', 2)],
    );
    assert.ok(slots().length <= mostSpooled && !slots().includes('0.json'), `${slots().length}`);
  });

  it('keeps the input where there is no command, and prints nothing', async () => {
    const bare = { status: 0, signal: null, stdout: '', stderr: '' };
    assert.deepEqual(run('/bin/sh', teedCommand({ launcher, command: '' })), bare);
    assert.equal(readFileSync(await kept(), 'utf8'), input);
  });

  it('passes on 30 MB, byte by byte', async () => {
    const large = Buffer.alloc(30 << 20, 'seven bytes \0\xff\n', 'latin1');
    const { stdout } = run('/bin/sh', teedCommand({ launcher, command: 'md5sum' }), large);
    assert.equal(stdout, run('/bin/sh', 'md5sum', large).stdout);
    assert.equal(statSync(await kept()).size, large.length);
  });

  describe('does without the copy', () => {
    const same = (prefix = '') => {
      const command = 'cat; echo err >&2; exit 5';
      assert.deepEqual(run('/bin/sh', prefix + teedCommand({ launcher, command })), run('/bin/sh', command));
    };
    it('when the launcher is gone', () => {
      rmSync(path.join(state, 'bin'), { recursive: true });
      same();
      assert.deepEqual(slots(), []);
    });
    it('when the whole state folder is gone', () => {
      rmSync(state, { recursive: true });
      same();
      assert.ok(!existsSync(state));
    });
    it('when the spool is gone', () => {
      rmSync(spoolFolder(state), { recursive: true });
      same();
      assert.ok(!existsSync(spoolFolder(state)));
    });
    it('when the spool cannot be written', () => {
      const undo = makeUnwritable(spoolFolder(state));
      same();
      undo();
      assert.deepEqual(slots(), []);
    });
    it('when the spool is a file', () => {
      rmSync(spoolFolder(state), { recursive: true });
      spawnSync('touch', [spoolFolder(state)]);
      same();
    });
    it('when the disk is full', async () => {
      // No file may grow beyond nothing: what a full disk looks like to who writes.
      same('ulimit -f 0; ');
      await wait(200);
      assert.deepEqual(readdirSync(spoolFolder(state)), []);
    });
    it('when there are no tools', () => {
      const command = 'while read -r line; do echo "$line"; done';
      assert.deepEqual(run('/bin/sh', `PATH=; ${teedCommand({ launcher, command })}`), run('/bin/sh', command));
    });
  });

  it('is the command itself: killed, nothing of it stays', async () => {
    const command = 'echo $$; exec sleep 1000';
    const child = spawn('/bin/sh', ['-c', teedCommand({ launcher, command })], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write(input);
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(Number(first.toString()), child.pid, 'the agent kills the process it started');
    child.kill('SIGTERM');
    const [, signal] = (await once(child, 'close')) as [number | null, string];
    assert.equal(signal, 'SIGTERM');
    child.stdin.end();
    assert.equal(readFileSync(await kept(), 'utf8'), input);
  });

  it('does not wait for input that does not end when its command does not', async () => {
    const child = spawn('/bin/sh', ['-c', teedCommand({ launcher, command: 'exit 4' })], { stdio: 'pipe' });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 4);
    child.stdin.end();
  });
});

describe('soft-landing statusline', () => {
  let state: string;
  beforeEach(() => {
    state = realpathSync(mkdtempSync(path.join(tmpdir(), 'statusline ')));
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  const run = (words: readonly string[], options: { stdin?: string | Uint8Array; home?: string } = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cliPath, 'statusline', ...words], {
      input: options.stdin ?? input,
      env: { ...process.env, SOFT_LANDING_HOME: options.home ?? state },
      maxBuffer: 1 << 28,
    });
    return { status, stdout: stdout.toString(), stderr: stderr.toString() };
  };
  const kept = () =>
    readdirSync(spoolFolder(state)).map((name) => readFileSync(path.join(spoolFolder(state), name), 'utf8'));

  it('passes on the input, both outputs and the exit code, and keeps a copy', () => {
    const outcome = run(['--', 'sh', '-c', 'cat; printf err >&2; exit 9']);
    assert.deepEqual(outcome, { status: 9, stdout: input, stderr: 'err' });
    assert.deepEqual(kept(), [input]);
  });
  it('leaves the words after -- alone', () => {
    const words = ['-h', '--json', '--home', 'x', '--version', 'a b', '--', ''];
    assert.equal(run(['--', 'printf', '<%s>', ...words]).stdout, words.map((word) => `<${word}>`).join(''));
  });
  it('is quiet without a command', () => {
    assert.deepEqual(run([]), { status: 0, stdout: '', stderr: '' });
    assert.deepEqual(kept(), [input]);
  });
  it('passes on 20 MB, and keeps nothing of them', () => {
    const large = 'x'.repeat(20 << 20);
    assert.equal(run(['--', 'wc', '-c'], { stdin: large }).stdout.trim(), String(large.length));
    assert.ok(!existsSync(spoolFolder(state)));
  });
  it('does not mind a command that reads nothing of them', () => {
    assert.deepEqual(run(['--', 'true'], { stdin: 'x'.repeat(20 << 20) }), { status: 0, stdout: '', stderr: '' });
  });
  it('runs the command where nothing can be kept', () => {
    const home = path.join(state, 'file');
    spawnSync('touch', [home]);
    assert.deepEqual(run(['--', 'cat'], { home }), { status: 0, stdout: input, stderr: '' });
  });
  it('says so when there is no such command', () => {
    const { status, stderr } = run(['--', '/nowhere/command']);
    assert.equal(status, 2);
    assert.match(stderr, /nowhere\/command/);
  });
});
