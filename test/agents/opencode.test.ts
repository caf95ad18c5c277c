import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HookEvent } from '../../src/agents/agent.ts';
import { opencodeHooks } from '../../src/agents/opencode/hooks.ts';
import { allAgents } from '../../src/budget/budgets.ts';
import { launcherFile } from '../../src/install/launcher.ts';
import { limitsFile } from '../../src/store/stateFiles.ts';
import {
  assertEverySightSaved,
  assertUndisturbed,
  fixedApp,
  preferStrictLanding,
  refusedAtRequest,
  startFiles,
  toldAtRequest,
} from '../support/agentChecks.ts';
import { openAgentWorkplace, type AgentWorkplace } from '../support/agentWorkplace.ts';
import type { ScriptedSource } from '../support/modelApi.ts';
import { retryAfterSeconds } from '../support/opencode/chatApi.ts';
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

  it('tells it in the very next request that the reserve is reached, and refuses new files from then on', async () => {
    await place.cliJson('install', 'opencode');
    await preferStrictLanding(place);
    const shell = { name: 'bash', input: { command: 'echo x > x.txt', description: 'make' } };
    const edit = { filePath: file('app.js'), oldString: 'a - b', newString: 'a + b' };
    const script: readonly ScriptedSource[] = [
      { tools: [{ name: 'read', input: { filePath: file('app.js') } }] },
      () => {
        publishDailyBudget(place.stateFolder, 0.85);
        return { tools: [shell] };
      },
      { tools: [{ name: 'write', input: { filePath: file('new.txt'), content: 'new\n' } }] },
      { tools: [{ name: 'edit', input: edit }] },
      { text: 'Landed.' },
    ];
    assertUndisturbed(place, await place.fly(script, 'Fix add in app.js'));
    assert.equal(toldAtRequest(place), 2);
    assert.equal(place.api.requests[4]?.split('Land now').length, 2, 'told once');
    assert.equal(refusedAtRequest(place), 3);
    assert.equal(existsSync(file('new.txt')), false);
    assert.equal(place.repository.read('app.js'), fixedApp);
  });

  // A home of its own: a first run that ends while opencode still asks npm for types leaves a lock, which the next one waits for.
  it('tells it with the prompt that a task begins inside the reserve, beside the person’s words and apart from them', async () => {
    await place.cliJson('install', 'opencode');
    await preferStrictLanding(place);
    publishDailyBudget(place.stateFolder, 0.85);
    assertUndisturbed(place, await place.fly([{ text: 'Yes.' }], 'Are you there?'));
    assert.match(place.api.requests.at(-1) ?? '', /Are you there\?.*This task begins inside the reserve/);
  });

  it('tells the hook of a limit that opencode waits for, and until when', async () => {
    await place.cliJson('install', 'opencode');
    const told = recordCalls(place.stateFolder);
    const script: readonly ScriptedSource[] = [
      { tools: [{ name: 'bash', input: { command: 'echo x > x.txt', description: 'make' } }] },
      { refusal: 'limit' },
    ];
    const failures = (): readonly HookEvent[] => told().filter(({ kind }) => kind === 'failed');
    const started = Date.now();
    const outcome = await place.fly(script, 'Fix add in app.js', { isEnough: () => failures().length > 0 });
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, null, 'it did not end by itself');
    const [failure] = failures();
    assert.ok(failure?.kind === 'failed');
    assert.equal(failure.error, 'Usage limit reached for 5 hour.');
    assert.ok(Math.abs((failure.resetsAt ?? 0) - started - retryAfterSeconds * 1000) < 60_000);
  });
});

/** What the editor publishes for a budget of one's own. */
function publishDailyBudget(stateFolder: string, used: number): void {
  const now = Date.now();
  const window = {
    agent: allAgents,
    account: allAgents,
    window: 'tokensPerDay',
    label: 'Daily budget',
    session: null,
    used,
    resetsAt: now + 3_600_000,
    capturedAt: now,
    source: 'your budget',
    confidence: 'official',
    error: null,
    drift: null,
  } as const;
  writeFileSync(limitsFile(stateFolder), JSON.stringify({ v: 1, at: now, windows: [window] }));
}

/** Puts a program in the launcher's place that writes down what it is told; answers what that was, in our own terms. */
function recordCalls(stateFolder: string): () => readonly HookEvent[] {
  const record = join(stateFolder, 'calls.txt');
  writeFileSync(record, '');
  // One line per call: the plugin's JSON has no line ends in it.
  writeFileSync(launcherFile(stateFolder), `#!/bin/sh\nline=$(cat)\nprintf '%s\\n' "$line" >>'${record}'\n`);
  return () =>
    readFileSync(record, 'utf8')
      .split('\n')
      .flatMap((line) => opencodeHooks.parse(line) ?? []);
}
