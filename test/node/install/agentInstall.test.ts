import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { softLanding, type CliOutcome } from '../../support/softLanding.ts';

/** Files below the home (user) and the project. */
const places = [
  ['codex', 'user', '.codex/hooks.json'],
  ['codex', 'project', '.codex/hooks.json'],
  ['gemini', 'user', '.gemini/settings.json'],
  ['gemini', 'project', '.gemini/settings.json'],
  ['opencode', 'user', '.config/opencode/plugin/soft-landing.js'],
  ['opencode', 'project', '.opencode/plugin/soft-landing.js'],
] as const;

describe('install of the other agents', () => {
  let outer: string;
  let project: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    outer = realpathSync(mkdtempSync(path.join(tmpdir(), "agents $HOME it's ")));
    project = path.join(outer, 'project');
    mkdirSync(project);
    env = { PATH: process.env['PATH'], HOME: outer, SOFT_LANDING_HOME: path.join(outer, 'state') };
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<CliOutcome> =>
    softLanding({ args: [...args, '--repo', project], cwd: outer, env });

  for (const [agent, scope, below] of places) {
    it(`${agent}, ${scope}: is shown first, made once, and taken back without a trace`, async () => {
      const file = path.join(scope === 'user' ? outer : project, below);
      const dry = await run('install', agent, '--scope', scope, '--dry-run', '--json');
      const change = JSON.parse(dry.stdout) as { after: string; changed: boolean };
      assert.ok(change.changed && change.after.includes('soft-landing-hook'), dry.stdout);
      assert.ok(!existsSync(file) && !existsSync(path.join(outer, 'state')));

      assert.equal((await run('install', agent, '--scope', scope)).exitCode, 0);
      assert.equal(readFileSync(file, 'utf8'), change.after);
      assert.match((await run('install', agent, '--scope', scope)).stdout, /already installed/);

      assert.equal((await run('uninstall', agent, '--scope', scope)).exitCode, 0);
      const top = path.join(scope === 'user' ? outer : project, below.split('/')[0] ?? '');
      assert.ok(!existsSync(top), 'with the folders that were made for it');
    });
  }

  it('has no scope that the agent does not have, and says which there are', async () => {
    const { exitCode, stderr } = await run('install', 'codex', '--scope', 'local');
    assert.equal(exitCode, 2);
    assert.match(stderr, /user, project/);
  });

  it('takes out only what is ours of a file that somebody edited since', async () => {
    const file = path.join(outer, '.gemini', 'settings.json');
    await run('install', 'gemini');
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{\n  // mine\n  "theme": "x",'));
    await run('uninstall', 'gemini');
    assert.match(readFileSync(file, 'utf8'), /\/\/ mine\s+"theme": "x"\s*\}/);
  });

  it('says in the doctor which agents are here without hooks', async () => {
    for (const folder of ['.codex', '.gemini']) mkdirSync(path.join(outer, folder));
    await run('install', 'codex');
    const { stdout } = await run('doctor');
    assert.match(stdout, /Codex does not run our hooks yet/);
    assert.match(stdout, /Gemini CLI has no hooks of ours/);
    assert.doesNotMatch(stdout, /Claude Code has no hooks/);
  });
});
