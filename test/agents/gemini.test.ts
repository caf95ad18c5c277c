import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assertEverySightSaved,
  assertUndisturbed,
  fixedApp,
  preferStrictLanding,
  refusedAtRequest,
  startFiles,
  toldAtRequest,
  type Recovered,
} from '../support/agentChecks.ts';
import { openAgentWorkplace, type AgentWorkplace } from '../support/agentWorkplace.ts';
import { geminiDriver, geminiSettings } from '../support/gemini/geminiDriver.ts';
import type { ScriptedSource } from '../support/modelApi.ts';

describe('our hooks in the real Gemini CLI', function () {
  this.timeout(360_000);
  let place: AgentWorkplace;

  beforeEach(async () => {
    place = await openAgentWorkplace(geminiDriver, startFiles);
  });
  afterEach(async () => {
    await place.close();
  });

  const settingsFile = (): string => join(place.home, '.gemini', 'settings.json');
  const flight = (): readonly ScriptedSource[] => {
    const file = (name: string): string => join(place.repository.dir, name);
    const edit = { file_path: file('app.js'), old_string: 'a - b', new_string: 'a + b', instruction: 'fix it' };
    return [
      { text: 'Reading.', tools: [{ name: 'read_file', input: { file_path: file('app.js') } }] },
      place.before({ tools: [{ name: 'run_shell_command', input: { command: 'echo generated > generated.txt' } }] }),
      place.before({ tools: [{ name: 'replace', input: edit }] }),
      place.before({ tools: [{ name: 'write_file', input: { file_path: file('NOTES.md'), content: '# Notes\n' } }] }),
      { text: 'Done.' },
    ];
  };

  it('save the state before each edit, from settings with a comment in them, which stay as they are', async () => {
    await place.cliJson('install', 'gemini');
    assert.match(readFileSync(settingsFile(), 'utf8'), /\/\/ Mine\./);
    assertUndisturbed(place, await place.fly(flight(), 'Fix add in app.js'));
    assert.equal(place.repository.read('app.js'), fixedApp);
    assert.equal(place.repository.read('NOTES.md'), '# Notes\n');
    await assertEverySightSaved(place, 'gemini', 'Fix add in app.js');
    const tools = (await place.checkpoints()).map(({ tool }) => tool);
    assert.ok(tools.includes('replace app.js') && tools.includes('write_file NOTES.md'), tools.join(' | '));

    await place.cliJson('uninstall', 'gemini');
    assert.equal(readFileSync(settingsFile(), 'utf8'), geminiSettings);
  });

  it('work from a project whose folder is trusted, and leave nothing there', async () => {
    const trusted = JSON.stringify({ [place.repository.dir]: 'TRUST_FOLDER' });
    writeFileSync(join(place.home, '.gemini', 'trustedFolders.json'), trusted);
    await place.cliJson('install', 'gemini', '--scope', 'project');
    const made = join(place.repository.dir, '.gemini');
    assertUndisturbed(place, await place.fly(flight(), 'Fix add in app.js'));
    await assertEverySightSaved(place, 'gemini', 'Fix add in app.js');
    await place.cliJson('uninstall', 'gemini', '--scope', 'project');
    assert.equal(existsSync(made), false);
  });

  it('let Gemini CLI go on in silence when we are gone', async () => {
    await place.cliJson('install', 'gemini');
    rmSync(place.stateFolder, { recursive: true });
    assertUndisturbed(place, await place.fly(flight(), 'Fix add in app.js'));
    assert.equal(place.repository.read('app.js'), fixedApp);
  });

  it('tell it in the very next request that the reserve is reached, and refuse new files from then on', async () => {
    await place.cliJson('install', 'gemini');
    // Its vendor tells no limit: a budget of one's own. Each answer of the API uses 1050 tokens of it.
    await preferStrictLanding(place, { tokensPerSession: 3700 });
    const shell = { name: 'run_shell_command', input: { command: 'echo x > x.txt' } };
    const file = (name: string): string => join(place.repository.dir, name);
    const edit = { file_path: file('app.js'), old_string: 'a - b', new_string: 'a + b', instruction: 'fix it' };
    const script: readonly ScriptedSource[] = [
      { tools: [shell] },
      { tools: [shell] },
      { tools: [shell] },
      { tools: [{ name: 'write_file', input: { file_path: file('new.txt'), content: 'new\n' } }] },
      { tools: [{ name: 'replace', input: edit }] },
      { text: 'Landed.' },
    ];
    assertUndisturbed(place, await place.fly(script, 'Fix add in app.js'));
    assert.equal(toldAtRequest(place), 3);
    assert.match(place.api.requests[3] ?? '', /<hook_context>.*Land now/);
    assert.equal(refusedAtRequest(place), 4);
    assert.equal(existsSync(file('new.txt')), false);
    assert.equal(place.repository.read('app.js'), fixedApp);
  });

  it("end with a limit's refusal in silence; what is left is a chat without an answer, and recovery finds it, and why", async () => {
    await place.cliJson('install', 'gemini');
    const shell = { name: 'run_shell_command', input: { command: 'echo x > x.txt' } };
    const outcome = await place.fly([{ tools: [shell] }, { refusal: 'limit' }], 'Fix add in app.js');
    // 429, as much of it as an exit code holds.
    assert.equal(outcome.exitCode, 429 % 256);
    const { interruption } = await place.cliJson<Recovered>('recover');
    assert.equal(interruption?.agent, 'gemini');
    assert.equal(interruption.task, 'Fix add in app.js');
    assert.equal(interruption.reason, 'usage-limit');
  });
});
