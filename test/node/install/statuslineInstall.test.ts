import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { teedCommand, teedStatusline } from '../../../src/agents/claude/statuslineSettings.ts';
import { statuslineLauncherFile } from '../../../src/install/statuslineLauncher.ts';
import { softLanding, type CliOutcome } from '../../support/softLanding.ts';

interface Settings {
  readonly statusLine?: { readonly type: string; readonly command: string; readonly padding?: number };
  readonly [other: string]: unknown;
}

describe('install claude-statusline', () => {
  let outer: string;
  let project: string;
  let state: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    outer = realpathSync(mkdtempSync(path.join(tmpdir(), "statusline $HOME it's ")));
    project = path.join(outer, 'project');
    state = path.join(outer, 'state');
    mkdirSync(project);
    env = { ...process.env, HOME: outer, SOFT_LANDING_HOME: state, CLAUDE_CONFIG_DIR: undefined };
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<CliOutcome> =>
    softLanding({ args: [...args, '--repo', project], cwd: outer, env });
  const user = () => path.join(outer, '.claude', 'settings.json');
  const write = (text: string) => {
    mkdirSync(path.dirname(user()), { recursive: true });
    writeFileSync(user(), text);
  };
  const settings = () => JSON.parse(readFileSync(user(), 'utf8')) as Settings;
  const launcher = () => statuslineLauncherFile(state);

  it('goes into the file of each scope, and comes out of it with the folder it made', async () => {
    for (const [scope, file] of [
      ['user', user()],
      ['project', path.join(project, '.claude', 'settings.json')],
      ['local', path.join(project, '.claude', 'settings.local.json')],
    ] as const) {
      assert.equal((await run('install', 'claude-statusline', '--scope', scope)).exitCode, 0);
      const { statusLine } = JSON.parse(readFileSync(file, 'utf8')) as Settings;
      assert.deepEqual(statusLine, { type: 'command', command: teedCommand({ launcher: launcher(), command: '' }) });
      assert.equal((await run('uninstall', 'claude-statusline', '--scope', scope)).exitCode, 0);
      assert.ok(!existsSync(file) && !existsSync(path.dirname(file)), scope);
    }
  });

  it('is found by doctor where a project’s own statusline runs instead', async () => {
    await run('install', 'claude-statusline');
    const file = path.join(project, '.claude', 'settings.json');
    mkdirSync(path.dirname(file));
    writeFileSync(file, '{"statusLine":{"type":"command","command":"date"}}\n');
    interface Report {
      readonly findings: readonly { readonly title: string; readonly level: string; readonly detail: string }[];
    }
    const seen = async () => {
      const { findings } = JSON.parse((await run('doctor', '--json')).stdout) as Report;
      return findings.find(({ title }) => title === "Claude Code's statusline");
    };
    assert.equal((await seen())?.level, 'problem');
    assert.ok((await seen())?.detail.startsWith(`In this folder ${file} names another statusline`));
    await run('install', 'claude-statusline', '--scope', 'project');
    assert.equal((await seen())?.level, 'ok');
  });

  it('wraps the command that is there, changes nothing the second time, and gives back the very bytes', async () => {
    const command = `~/bin/line --it's "x" | tr a b`;
    const text = `{\r\n\t"model" : "x",\r\n\t"statusLine": {"padding":0,  "type":"command","command":${JSON.stringify(command)}}\r\n}`;
    write(text);
    assert.equal((await run('install', 'claude-statusline')).exitCode, 0);
    const { statusLine, model } = settings();
    assert.deepEqual([model, statusLine?.padding, statusLine?.type], ['x', 0, 'command']);
    assert.deepEqual(teedStatusline(statusLine?.command ?? ''), { launcher: launcher(), command });
    assert.equal(statSync(launcher()).mode & 0o777, 0o700);
    const inode = statSync(user()).ino;
    assert.match((await run('install', 'claude-statusline')).stdout, /already installed/);
    assert.equal(statSync(user()).ino, inode, 'not even rewritten');
    await run('uninstall', 'claude-statusline');
    assert.equal(readFileSync(user(), 'utf8'), text);
    assert.match((await run('uninstall', 'claude-statusline')).stdout, /no tee of ours/);
  });

  it('gives the command back after somebody else edited the file, and without the state folder', async () => {
    write(JSON.stringify({ statusLine: { type: 'command', command: 'mine' } }));
    await run('install', 'claude-statusline');
    writeFileSync(user(), JSON.stringify({ ...settings(), theirs: [1] }, null, 4));
    rmSync(state, { recursive: true });
    await run('uninstall', 'claude-statusline');
    assert.deepEqual(settings(), { statusLine: { type: 'command', command: 'mine' }, theirs: [1] });
  });

  it('leaves a statusline that replaced ours alone', async () => {
    await run('install', 'claude-statusline');
    const other = JSON.stringify({ statusLine: { type: 'command', command: 'other' } });
    writeFileSync(user(), other);
    assert.match((await run('uninstall', 'claude-statusline')).stdout, /nothing was changed/);
    assert.equal(readFileSync(user(), 'utf8'), other);
  });

  it('takes over from another state folder instead of running twice', async () => {
    write(
      JSON.stringify({
        statusLine: { type: 'command', command: teedCommand({ launcher: '/old/bin/x', command: 'c' }) },
      }),
    );
    await run('install', 'claude-statusline');
    assert.deepEqual(teedStatusline(settings().statusLine?.command ?? ''), { launcher: launcher(), command: 'c' });
  });

  for (const order of [
    ['claude', 'claude-statusline'],
    ['claude-statusline', 'claude'],
  ])
    it(`and the hooks come out in any order: first ${order[0]}`, async () => {
      const text = '{\n  "model": "x",\n  "statusLine": {\n    "type": "command",\n    "command": "mine"\n  }\n}\n';
      write(text);
      await run('install', 'claude-statusline');
      await run('install', 'claude');
      for (const name of order) assert.equal((await run('uninstall', name)).exitCode, 0);
      assert.equal(readFileSync(user(), 'utf8'), text);
    });

  it('leaves what it does not understand alone, and says so', async () => {
    for (const [text, reason] of [
      ['{"statusLine":', 'not-json'],
      ['{"statusLine":{"type":"other","command":"x"}}', 'unexpected-shape'],
      ['{"statusLine":"x"}', 'unexpected-shape'],
      ['[]', 'unexpected-shape'],
    ] as const) {
      write(text);
      const { exitCode, stdout } = await run('install', 'claude-statusline', '--json');
      assert.equal(exitCode, 1);
      assert.equal((JSON.parse(stdout) as { error: { reason: string } }).error.reason, reason);
      assert.equal(readFileSync(user(), 'utf8'), text);
    }
  });

  it('a dry run shows the change and makes none', async () => {
    const { stdout } = await run('install', 'claude-statusline', '--dry-run', '--json');
    const change = JSON.parse(stdout) as { agent: string; changed: boolean; after: string };
    assert.ok(change.changed && change.after.includes('soft-landing-statusline'));
    assert.equal(change.agent, 'claude-statusline');
    assert.ok(!existsSync(user()) && !existsSync(state));
    await run('install', 'claude-statusline');
    assert.match((await run('uninstall', 'claude-statusline', '--dry-run')).stdout, /would be removed/);
    assert.ok(existsSync(user()));
  });

  it('says what is wrong with a wrong call', async () => {
    assert.equal((await run('install', 'claude-statusline', '--scope', 'planet')).exitCode, 2);
  });
});
