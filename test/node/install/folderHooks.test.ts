import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { agentInstalls, folderHooks, installAgent } from '../../../src/install/agentInstall.ts';

const hooksSchema = v.object({ hooks: v.record(v.string(), v.array(v.unknown())) });

describe('our hooks in a folder', () => {
  let outer: string;
  let projectDir: string;

  beforeEach(() => {
    outer = realpathSync(mkdtempSync(path.join(tmpdir(), 'folder-hooks-')));
    projectDir = path.join(outer, 'project');
    mkdirSync(projectDir);
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const place = () => ({
    projectDir,
    surroundings: { home: outer, env: {}, platform: process.platform },
    launcher: {
      hook: path.join(outer, 'hook.cjs'),
      runtimes: [process.execPath],
      stateFolder: path.join(outer, 'state'),
    },
  });
  const install = async (name: string, scope: 'user' | 'project'): Promise<string> => {
    const agent = agentInstalls.find((each) => each.agent === name);
    assert.ok(agent);
    const done = await installAgent(agent, { ...place(), scope, dryRun: false });
    assert.ok(done.ok && done.value.changed);
    return done.value.file;
  };

  it('are none where nobody installed them', async () => {
    assert.deepEqual(await folderHooks(place()), { installed: false, untrusted: [], agreements: [] });
  });

  it('run at once in an agent that asks nobody', async () => {
    await install('claude', 'project');
    assert.deepEqual(await folderHooks(place()), { installed: true, untrusted: [], agreements: [] });
  });

  it('wait in Codex until a person has decided there', async () => {
    const file = await install('codex', 'user');
    const config = path.join(outer, '.codex', 'config.toml');
    assert.deepEqual(await folderHooks(place()), { installed: true, untrusted: ['codex'], agreements: [config] });

    const { hooks } = v.parse(hooksSchema, JSON.parse(readFileSync(file, 'utf8')));
    const keys = Object.keys(hooks).map((event) =>
      event.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
    );
    const decide = (fields: string): void =>
      writeFileSync(config, keys.map((key) => `[hooks.state.'${file}:${key}:0:0']\n${fields}\n`).join(''));
    // Agreed to once, when they looked otherwise: Codex skips them.
    decide('trusted_hash = "sha256:00"');
    assert.deepEqual((await folderHooks(place())).untrusted, ['codex']);
    decide('enabled = false');
    assert.deepEqual(await folderHooks(place()), { installed: true, untrusted: [], agreements: [] });
  });

  it('wait for nothing where one of the files is decided on', async () => {
    await install('codex', 'user');
    const file = await install('codex', 'project');
    const { hooks } = v.parse(hooksSchema, JSON.parse(readFileSync(file, 'utf8')));
    const keys = Object.keys(hooks).map((event) =>
      event.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
    );
    writeFileSync(
      path.join(outer, '.codex', 'config.toml'),
      keys.map((key) => `[hooks.state.'${file}:${key}:0:0']\nenabled = false\n`).join(''),
    );
    assert.deepEqual((await folderHooks(place())).untrusted, []);
  });
});
