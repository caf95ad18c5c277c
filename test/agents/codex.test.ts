import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
import { codexDriver } from '../support/codex/codexDriver.ts';
import { limitResetMs } from '../support/codex/responsesApi.ts';
import { listedHooks, trustAllHooks } from '../support/codex/hooksList.ts';
import type { ScriptedSource } from '../support/modelApi.ts';

const fix = `*** Begin Patch
*** Update File: app.js
@@
 function add(a, b) {
-  return a - b;
+  return a + b;
 }
*** Add File: NOTES.md
+# Notes
*** End Patch
`;

describe('our hooks in the real Codex', function () {
  this.timeout(360_000);
  let place: AgentWorkplace;

  beforeEach(async () => {
    place = await openAgentWorkplace(codexDriver, startFiles);
  });
  afterEach(async () => {
    await place.close();
  });

  const hooksFile = (): string => join(place.home, '.codex', 'hooks.json');
  const flight = (): readonly ScriptedSource[] => [
    { text: 'Reading.', tools: [{ name: 'exec_command', input: { cmd: 'cat app.js' } }] },
    place.before({ tools: [{ name: 'exec_command', input: { cmd: 'echo generated > generated.txt' } }] }),
    place.before({ tools: [{ name: 'apply_patch', input: { patch: fix } }] }),
    { text: 'Done.' },
  ];

  it('save the state before each edit, once a person has trusted them in Codex', async () => {
    const { trust } = await place.cliJson<{ trust: string }>('install', 'codex');
    assert.equal(trust, 'untrusted');
    await trustAllHooks(place);
    assert.equal((await place.cliJson<{ trust: string }>('install', 'codex')).trust, 'trusted');

    assertUndisturbed(place, await place.fly(flight(), 'Fix add in app.js'));
    assert.equal(place.repository.read('app.js'), fixedApp);
    assert.equal(place.repository.read('generated.txt'), 'generated\n');
    await assertEverySightSaved(place, 'codex', 'Fix add in app.js');
    assert.ok((await place.checkpoints()).some(({ tool }) => tool === 'apply_patch app.js and 1 more'));
  });

  it('are not run by Codex before that, which says nothing of it; the doctor does', async () => {
    await place.cliJson('install', 'codex');
    const outcome = await place.fly(flight(), 'Fix add in app.js');
    assertUndisturbed(place, outcome);
    assert.equal(place.repository.read('app.js'), fixedApp);
    assert.deepEqual(await place.checkpoints(), []);
    assert.doesNotMatch(outcome.stdout + outcome.stderr, /hook/i);
    const doctor = await place.cli('doctor');
    assert.match(doctor.stdout, /Codex does not run our hooks yet/);
  });

  it('are known to us by the same hashes that Codex reckons, and stay trusted through a second install', async () => {
    mkdirSync(dirname(hooksFile()), { recursive: true });
    // Somebody else's hooks, before ours and after them, trusted too.
    const theirs = (word: string) => ({ matcher: 'Bash', hooks: [{ type: 'command', command: `true ${word}` }] });
    writeFileSync(hooksFile(), JSON.stringify({ hooks: { PreToolUse: [theirs('before')] } }, null, 2));
    await place.cliJson('install', 'codex');
    const settings = JSON.parse(readFileSync(hooksFile(), 'utf8')) as { hooks: Record<string, unknown[]> };
    settings.hooks['PreToolUse']?.push(theirs('after'));
    writeFileSync(hooksFile(), JSON.stringify(settings, null, 2));
    await trustAllHooks(place);
    assert.equal((await place.cliJson<{ trust: string }>('install', 'codex')).trust, 'trusted');
    for (const hook of await listedHooks(place)) assert.equal(hook.trustStatus, 'trusted', hook.key);

    await place.cliJson('uninstall', 'codex');
    const left = await listedHooks(place);
    assert.deepEqual(
      left.map(({ command, trustStatus }) => [command, trustStatus]),
      [
        ['true before', 'trusted'],
        ['true after', 'trusted'],
      ],
      "taking ours out does not cost others Codex's trust",
    );
  });

  it('come out again byte for byte, and Codex works on without them', async () => {
    const before = '{\n\t"hooks": {\n\t\t"Stop": [ { "hooks": [ { "type": "command", "command": "true" } ] } ]\n\t}\n}';
    writeFileSync(hooksFile(), before);
    await place.cliJson('install', 'codex');
    assert.notEqual(readFileSync(hooksFile(), 'utf8'), before);
    await place.cliJson('uninstall', 'codex');
    assert.equal(readFileSync(hooksFile(), 'utf8'), before);
    rmSync(hooksFile());
    await place.cliJson('install', 'codex');
    await place.cliJson('uninstall', 'codex');
    assert.equal(existsSync(hooksFile()), false);
  });

  it('work from a project, too', async () => {
    await place.cliJson('install', 'codex', '--scope', 'project');
    await trustAllHooks(place);
    assert.equal((await place.cliJson<{ trust: string }>('install', 'codex', '--scope', 'project')).trust, 'trusted');
    assertUndisturbed(place, await place.fly(flight(), 'Fix add in app.js'));
    await assertEverySightSaved(place, 'codex', 'Fix add in app.js');
  });

  it('let Codex go on in silence when we are gone', async () => {
    await place.cliJson('install', 'codex');
    await trustAllHooks(place);
    rmSync(place.stateFolder, { recursive: true });
    assertUndisturbed(place, await place.fly(flight(), 'Fix add in app.js'));
    assert.equal(place.repository.read('app.js'), fixedApp);
  });

  it('tell it in the very next request that the reserve is reached, and refuse new files from then on', async () => {
    await place.cliJson('install', 'codex');
    await trustAllHooks(place);
    await preferStrictLanding(place);
    const newFile = '*** Begin Patch\n*** Add File: new.txt\n+new\n*** End Patch\n';
    const inOne = fix.replace('*** Add File: NOTES.md\n+# Notes\n', '');
    const look = { name: 'exec_command', input: { cmd: 'cat app.js' } };
    const script: readonly ScriptedSource[] = [
      { tools: [look], usedPercent: 85 },
      // Codex writes a response's limits down when its tools are done: the next hook knows them.
      { tools: [look], usedPercent: 85 },
      { tools: [{ name: 'apply_patch', input: { patch: newFile } }], usedPercent: 85 },
      { tools: [{ name: 'apply_patch', input: { patch: inOne } }], usedPercent: 85 },
      { text: 'Landed.', usedPercent: 85 },
    ];
    assertUndisturbed(place, await place.fly(script, 'Fix add in app.js'));
    assert.equal(toldAtRequest(place), 2);
    assert.match(
      place.api.requests[2] ?? '',
      /"role":"developer","content":\[\{"type":"input_text","text":"Soft Landing/,
    );
    assert.equal(place.api.requests.at(-1)?.split('Land now').length, 2, 'told once');
    assert.equal(refusedAtRequest(place), 3);
    assert.equal(existsSync(join(place.repository.dir, 'new.txt')), false);
    assert.equal(place.repository.read('app.js'), fixedApp);
  });

  it("leaves a limit's refusal in its rollout, with the reset, where recovery finds it", async () => {
    await place.cliJson('install', 'codex');
    await trustAllHooks(place);
    const script: readonly ScriptedSource[] = [
      { tools: [{ name: 'apply_patch', input: { patch: fix } }] },
      { refusal: 'limit' },
    ];
    const started = Date.now();
    const outcome = await place.fly(script, 'Fix add in app.js');
    assert.equal(outcome.exitCode, 1);
    const { interruption } = await place.cliJson<Recovered>('recover');
    assert.equal(interruption?.agent, 'codex');
    assert.equal(interruption.reason, 'usage-limit');
    assert.ok(Math.abs(Date.parse(interruption.resetsAt ?? '') - started - limitResetMs) < 60_000);
    assert.equal(interruption.task, 'Fix add in app.js');
  });
});
