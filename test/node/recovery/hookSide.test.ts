import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HookEvent, SessionSource } from '../../../src/agents/agent.ts';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { listInterruptions } from '../../../src/recovery/interruptionStore.ts';
import { presentEvidence } from '../../../src/recovery/lookBack.ts';
import { recordFailure, type CuttingEvent } from '../../../src/recovery/recordFailure.ts';
import { recordInterruption } from '../../../src/recovery/recordInterruption.ts';
import { handOverFor } from '../../../src/recovery/sessionStart.ts';
import { defaultPreferences, publishPreferences } from '../../../src/store/preferences.ts';
import { placeCutOffSession } from '../../support/cutOffSession.ts';
import { interruptionFixtures } from '../../support/interruptionFixtures.ts';
import { makeRepository, type Repository } from '../../support/repository.ts';
import { cliPath } from '../../support/softLanding.ts';

const limit = 'claude: -cut-by-429-5h-oauth-print';

describe('what the hook does about cut-off sessions', function () {
  this.timeout(60_000);
  let repository: Repository;
  let stateFolder = '';

  beforeEach(() => {
    repository = makeRepository({ files: { 'app.js': 'old\n' } });
    stateFolder = join(repository.outer, 'state');
    mkdirSync(join(repository.outer, '.claude', 'sessions'), { recursive: true });
  });
  afterEach(() => repository.remove());

  const surroundings = () => ({ home: repository.outer, env: {}, platform: process.platform });
  const open = (folder: string) => Checkpoints.open(folder, { stateFolder });
  const place = (name: string, endedAt = Date.now() - 10_000) =>
    placeCutOffSession(name, repository.outer, repository.dir, endedAt, interruptionFixtures);
  const record = (name: string) => {
    const { ref } = place(name);
    return recordInterruption({ ref, cwd: null, stateFolder, open }, presentEvidence(ref, Date.now()), Date.now());
  };
  const start = (source: SessionSource = 'startup', sessionId = 'another'): HookEvent => ({
    kind: 'session',
    source,
    agent: 'claude',
    sessionId,
    cwd: repository.dir,
    transcriptPath: null,
    subagentId: null,
  });
  const handOver = (event = start(), withSearch = false) =>
    handOverFor(event, stateFolder, Date.now(), { surroundings: withSearch ? surroundings() : null });
  const failed = (transcriptPath: string, sessionId: string, error = 'rate_limit'): CuttingEvent => ({
    kind: 'failed',
    error,
    agent: 'claude',
    sessionId,
    cwd: repository.dir,
    transcriptPath,
    subagentId: null,
  });
  const options = () => ({ surroundings: surroundings(), stateFolder, open, now: Date.now });

  describe('at the start of a session', () => {
    it('hands over once, in short, and not in the name of the user', async () => {
      repository.write('app.js', 'new\n');
      await record(limit);
      const text = await handOver();
      assert.match(text ?? '', /^An earlier session of Claude Code in this folder was cut off at /);
      assert.match(text ?? '', /It was asked: “Fix the add function in app\.js and add a NOTES\.md”/);
      assert.match(text ?? '', /It had changed 1 file: app\.js\./);
      assert.match(text ?? '', /not by the user/);
      assert.ok((text ?? '').length < 2000);
      assert.equal(await handOver(), null);
    });

    it('hands over to one of two sessions that start at once', async () => {
      await record(limit);
      const texts = await Promise.all([handOver(start('startup', 'a')), handOver(start('startup', 'b'))]);
      assert.equal(texts.filter((text) => text !== null).length, 1);
    });

    it('says nothing where the user turned it off, in another folder, to the session itself, or of what is dismissed', async () => {
      const stored = await record(limit);
      assert.ok(stored);
      await publishPreferences(stateFolder, { ...defaultPreferences, handOverAtSessionStart: false });
      assert.equal(await handOver(), null);
      await publishPreferences(stateFolder, defaultPreferences);
      assert.equal(await handOver({ ...start(), cwd: repository.outer }), null);
      assert.equal(await handOver(start('resume', stored.report.sessionId)), null);
      assert.equal(await handOver(start('compact')), null);
      writeFileSync(join(stored.folder, 'state.json'), JSON.stringify({ ...stored.state, dismissedAt: 1 }));
      assert.equal(await handOver(), null);
    });

    it('finds a killed session that nobody has recorded', async () => {
      place('claude: -sigkill-mid-edit');
      assert.equal(await handOver(), null);
      assert.match((await handOver(start(), true)) ?? '', /its process ended in mid-task/);
      assert.equal((await listInterruptions(stateFolder)).length, 1);
    });
  });

  it('tells an agent again what it was about, after its conversation was compacted in mid-task', async () => {
    const { ref } = place('claude: -sigkill-mid-edit');
    const compacted = { ...start('compact', ref.sessionId), transcriptPath: ref.transcript };
    const text = (await handOver(compacted, true)) ?? '';
    assert.match(text, /^This conversation was compacted in the middle of a task/);
    assert.match(text, /It was asked: “Fix the add function/);
    // By the user, between two turns.
    const clean = place('claude: -clean-multitool-print');
    assert.equal(
      await handOver({ ...start('compact', clean.ref.sessionId), transcriptPath: clean.ref.transcript }, true),
      null,
    );
    // The same turn can still be cut off.
    const stored = await recordInterruption(
      { ref, cwd: null, stateFolder, open },
      presentEvidence(ref, Date.now()),
      Date.now(),
    );
    assert.equal(stored?.report.reason, 'killed');
  });

  describe('at a failure', () => {
    it('waits for the transcript to hold it', async () => {
      const { ref } = place(limit);
      const lines = readFileSync(ref.transcript, 'utf8').split('\n');
      const cut = lines.findIndex((line) => line.includes('"isApiErrorMessage":true'));
      writeFileSync(ref.transcript, `${lines.slice(0, cut).join('\n')}\n`);
      const recording = recordFailure(failed(ref.transcript, ref.sessionId), options());
      await sleep(700);
      appendFileSync(ref.transcript, `${lines.slice(cut).join('\n')}\n`);
      const stored = await recording;
      assert.equal(stored?.report.reason, 'usage-limit');
      assert.ok(stored.report.resetsAt);
    });

    it('believes the hook where the transcript never does', async () => {
      const { ref } = place(limit);
      const lines = readFileSync(ref.transcript, 'utf8').split('\n');
      const cut = lines.findIndex((line) => line.includes('"isApiErrorMessage":true'));
      writeFileSync(ref.transcript, `${lines.slice(0, cut).join('\n')}\n`);
      // The agent still runs.
      const registered = { pid: process.pid, sessionId: ref.sessionId };
      writeFileSync(join(repository.outer, '.claude', 'sessions', `${process.pid}.json`), JSON.stringify(registered));
      const stored = await recordFailure(failed(ref.transcript, ref.sessionId, 'billing_error'), {
        ...options(),
        patienceMs: 300,
      });
      assert.equal(stored?.report.reason, 'credit');
      assert.equal(await recordFailure(failed(ref.transcript, ref.sessionId), { ...options(), patienceMs: 300 }), null);
    });

    it('is recorded once, whoever and how many see it', async () => {
      const { ref } = place(limit);
      const all = await Promise.all(
        Array.from({ length: 6 }, () =>
          recordInterruption({ ref, cwd: null, stateFolder, open }, presentEvidence(ref, Date.now()), Date.now()),
        ),
      );
      assert.equal(all.filter((stored) => stored !== null).length, 1);
      const checkpoints = await open(repository.dir);
      assert.ok(checkpoints.ok);
      const list = await checkpoints.value.list();
      assert.ok(list.ok);
      assert.deepEqual(
        list.value.map(({ kind }) => kind),
        ['interrupted'],
      );
    });

    it('says nothing of a session that merely ended', async () => {
      const { ref } = place('claude: -clean-multitool-print');
      assert.equal(
        await recordFailure(
          { ...failed(ref.transcript, ref.sessionId), kind: 'ended' },
          { ...options(), patienceMs: 300 },
        ),
        null,
      );
    });

    it('is recorded by a process that outlives the hook and its process group', async () => {
      const { ref } = place(limit);
      const event = failed(ref.transcript, ref.sessionId);
      // As Claude Code does with `-p`: the hook is killed with its group as soon as it has begun.
      const script = `
        import { startRecorder } from ${JSON.stringify(new URL('../../../src/recovery/startRecorder.ts', import.meta.url).href)};
        startRecorder(${JSON.stringify(event)}, ${JSON.stringify(dirname(cliPath))});
        process.stdout.write('started');
        setInterval(() => undefined, 1000);`;
      const hook = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, HOME: repository.outer, SOFT_LANDING_HOME: stateFolder, CLAUDE_CONFIG_DIR: '' },
      });
      await once(hook.stdout, 'data');
      assert.ok(hook.pid);
      process.kill(-hook.pid, 'SIGKILL');
      for (const end = Date.now() + 15_000; (await listInterruptions(stateFolder)).length === 0 && Date.now() < end;)
        await sleep(100);
      assert.deepEqual(
        (await listInterruptions(stateFolder)).map(({ report }) => report.reason),
        ['usage-limit'],
      );
    });
  });

  it('knows a running process from one that was killed', async () => {
    const { ref } = place('claude: -sigkill-mid-edit');
    const agent = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    await once(agent, 'spawn');
    const registry = join(repository.outer, '.claude', 'sessions', `${agent.pid}.json`);
    writeFileSync(registry, JSON.stringify({ pid: agent.pid, sessionId: ref.sessionId }));
    const now = Date.now();
    assert.equal((await presentEvidence(ref, now)(null)).process, 'running');
    assert.equal(await recordInterruption({ ref, cwd: null, stateFolder, open }, presentEvidence(ref, now), now), null);
    agent.kill('SIGKILL');
    await once(agent, 'exit');
    assert.equal((await presentEvidence(ref, now)(null)).process, 'ended');
    const stored = await recordInterruption({ ref, cwd: null, stateFolder, open }, presentEvidence(ref, now), now);
    assert.equal(stored?.report.reason, 'killed');
    // Just written to: its process may be on its way into the registry.
    utimesSync(ref.transcript, now / 1000, now / 1000);
    assert.equal((await presentEvidence(ref, now)(null)).process, 'unknown');
  });
});
