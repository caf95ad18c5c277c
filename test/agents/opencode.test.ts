import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assertEverySightSaved, assertUndisturbed, fixedApp, startFiles } from '../support/agentChecks.ts';
import { openAgentWorkplace, type AgentWorkplace } from '../support/agentWorkplace.ts';
import type { ScriptedSource } from '../support/modelApi.ts';
import { opencodeDriver } from '../support/opencode/opencodeDriver.ts';

describe('our plugin in the real opencode', function () {
  this.timeout(360_000);
  let place: AgentWorkplace;

  beforeEach(async () => {
    place = await openAgentWorkplace(opencodeDriver, startFiles);
  });
  afterEach(async () => {
    await place.close();
  });

  const pluginFile = (): string => join(place.home, '.config', 'opencode', 'plugin', 'soft-landing.js');
  const file = (name: string): string => join(place.repository.dir, name);
  const flight = (): readonly ScriptedSource[] => [
    { text: 'Reading.', tools: [{ name: 'read', input: { filePath: file('app.js') } }] },
    place.before({
      tools: [{ name: 'bash', input: { command: 'echo generated > generated.txt', description: 'make' } }],
    }),
    place.before({
      tools: [{ name: 'edit', input: { filePath: file('app.js'), oldString: 'a - b', newString: 'a + b' } }],
    }),
    place.before({ tools: [{ name: 'write', input: { filePath: file('NOTES.md'), content: '# Notes\n' } }] }),
    { text: 'Done.' },
  ];

  it('saves the state before each edit', async () => {
    await place.cliJson('install', 'opencode');
    assertUndisturbed(place, await place.fly(flight(), 'Fix add in app.js'));
    assert.equal(place.repository.read('app.js'), fixedApp);
    assert.equal(place.repository.read('NOTES.md'), '# Notes\n');
    await assertEverySightSaved(place, 'opencode', 'Fix add in app.js');
    const checkpoints = await place.checkpoints();
    const tools = checkpoints.map(({ tool }) => tool);
    assert.ok(tools.includes('edit app.js') && tools.includes('write NOTES.md'), tools.join(' | '));
    assert.equal(checkpoints[0]?.kind, 'turn', 'the end of the turn is waited for');

    await place.cliJson('uninstall', 'opencode');
    assert.equal(existsSync(pluginFile()), false);
  });

  it('saves the state before the edits of a subagent, under the session that began it', async () => {
    await place.cliJson('install', 'opencode', '--scope', 'project');
    const task = { description: 'fix it', prompt: 'fix add', subagent_type: 'general' };
    const script: readonly ScriptedSource[] = [
      { tools: [{ name: 'task', input: task }] },
      { tools: [{ name: 'write', input: { filePath: file('NOTES.md'), content: 'of the subagent\n' } }] },
      place.before({ tools: [{ name: 'bash', input: { command: 'rm NOTES.md', description: 'tidy up' } }] }),
      { text: 'Done here.' },
      { text: 'Done.' },
    ];
    assertUndisturbed(place, await place.fly(script, 'Have it fixed'));
    // opencode makes this file, in which it ignores itself.
    await assertEverySightSaved(place, 'opencode', 'Have it fixed', '.opencode/.gitignore');
    assert.equal(new Set((await place.checkpoints()).map(({ session }) => session)).size, 1);
  });

  it('lets opencode go on in silence when we are gone', async () => {
    await place.cliJson('install', 'opencode');
    rmSync(place.stateFolder, { recursive: true });
    assertUndisturbed(place, await place.fly(flight(), 'Fix add in app.js'));
    assert.equal(place.repository.read('app.js'), fixedApp);
  });

  it('is not written over a file of somebody else', async () => {
    mkdirSync(dirname(pluginFile()), { recursive: true });
    writeFileSync(pluginFile(), 'export const Mine = async () => ({});\n');
    const { exitCode, stdout } = await place.cli('install', 'opencode', '--json');
    assert.equal(exitCode, 1);
    assert.match(stdout, /"not-ours"/);
    assert.equal(readFileSync(pluginFile(), 'utf8'), 'export const Mine = async () => ({});\n');
  });
});
