import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fixedApp, scenarioFiles } from '../support/claude/scenarios.ts';
import type { Scenario } from '../support/claude/messagesApi.ts';
import { hookTroubles, openWorkplace, type Workplace } from '../support/claude/workplace.ts';

type Scope = 'local' | 'project' | 'user';

/** Settings as a person may have them: their own order, tabs, hooks of their own, no newline at the end. */
const ownSettings =
  '{\n\t"model": "claude-sonnet-5-5",\n\t"hooks": {\n\t\t"PreToolUse": [\n\t\t\t{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "true" }] }\n\t\t]\n\t},\n\t"env": { "B": "1", "A": "2" }\n}';

describe('our hooks in the real Claude Code', function () {
  this.timeout(360_000);
  let place: Workplace;

  beforeEach(async () => {
    place = await openWorkplace({ files: scenarioFiles });
  });

  afterEach(async () => {
    await place.close();
  });

  const settingsPath = (scope: Scope): string =>
    scope === 'user'
      ? join(place.home, '.claude', 'settings.json')
      : join(place.repository.dir, '.claude', scope === 'local' ? 'settings.local.json' : 'settings.json');

  const oneEdit = (dir: string): Scenario => ({
    main: [
      { tools: [{ name: 'Read', input: { file_path: join(dir, 'app.js') } }] },
      {
        tools: [
          { name: 'Edit', input: { file_path: join(dir, 'app.js'), old_string: 'a - b', new_string: 'a + b' } },
          { name: 'Bash', input: { command: 'echo hello', description: 'Say hello' } },
        ],
      },
      { text: 'Done.' },
    ],
  });

  const oneWrite = (dir: string): Scenario => ({
    main: [
      { tools: [{ name: 'Write', input: { file_path: join(dir, 'later.txt'), content: 'later\n' } }] },
      { text: 'Done.' },
    ],
  });

  for (const scope of ['local', 'project', 'user'] as const) {
    it(`works from ${scope} settings, and leaves them byte for byte as they were`, async () => {
      const path = settingsPath(scope);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, ownSettings);

      await place.cliJson('install', 'claude', '--scope', scope);
      const installed = readFileSync(path, 'utf8');
      await place.cliJson('install', 'claude', '--scope', scope);
      assert.equal(readFileSync(path, 'utf8'), installed, 'a second install changes nothing');

      const outcome = await place.fly(oneEdit(place.repository.dir), 'Fix add()');
      assert.deepEqual(place.api.surprises, []);
      assert.equal(outcome.exitCode, 0, outcome.stderr);
      assert.deepEqual(hookTroubles(outcome), []);
      assert.equal(place.api.requests[0]?.body.model, 'claude-sonnet-5-5', "the person's own settings still hold");
      const checkpoints = await place.checkpoints();
      assert.ok(checkpoints.length > 0);

      await place.cliJson('uninstall', 'claude', '--scope', scope);
      assert.equal(readFileSync(path, 'utf8'), ownSettings);
      await place.fly(oneWrite(place.repository.dir), 'No hooks now');
      assert.equal(place.repository.read('later.txt'), 'later\n');
      assert.deepEqual(await place.checkpoints(), checkpoints, 'no checkpoint after uninstalling');
    });
  }

  it('removes settings that were not there before', async () => {
    await place.cliJson('install', 'claude', '--scope', 'local');
    assert.ok(existsSync(settingsPath('local')));
    await place.cliJson('uninstall', 'claude', '--scope', 'local');
    assert.equal(existsSync(settingsPath('local')), false);
    assert.equal(place.repository.state().status, '');
  });

  it('does not disturb the agent in a folder without git', async () => {
    await place.cliJson('install', 'claude', '--scope', 'user');
    const folder = join(place.repository.outer, 'plain folder');
    mkdirSync(folder);
    writeFileSync(join(folder, 'app.js'), scenarioFiles['app.js']);

    const outcome = await place.fly(oneEdit(folder), 'Fix add()', folder);
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.deepEqual(hookTroubles(outcome), []);
    assert.equal(readFileSync(join(folder, 'app.js'), 'utf8'), fixedApp);
    assert.deepEqual(readdirSync(folder), ['app.js']);
    assert.deepEqual(await place.checkpoints(), []);
  });
});
