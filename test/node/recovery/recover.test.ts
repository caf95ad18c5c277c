import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import type { Report } from '../../../src/recovery/report.ts';
import { placeCutOffSession } from '../../support/cutOffSession.ts';
import { interruptionFixtures } from '../../support/interruptionFixtures.ts';
import { makeRepository, type Repository } from '../../support/repository.ts';
import { softLanding, softLandingJson, type CheckpointList, type RestoreReport } from '../../support/softLanding.ts';

interface InterruptionJson {
  readonly id: string;
  readonly reason: string;
  readonly at: string;
  readonly resetsAt: string | null;
  readonly task: string;
  readonly filesChanged: number;
  readonly checkpoint: string | null;
  readonly lastGreen: { readonly id: string } | null;
  readonly continuesItself: boolean;
  readonly folder: string;
  readonly resume: string | null;
  readonly state?: string;
}
interface Recovered {
  readonly interruption: InterruptionJson | null;
  readonly report: Report;
  readonly files: { readonly report: string; readonly handover: string; readonly salvaged: readonly string[] };
}

/** The keys of an interruption (ARCHITECTURE.md, CLI contract): no other, whose values would be of another form. */
const contract =
  'id agent sessionId at reason message resetsAt task chunk filesChanged green lastGreen checkpoint goOnAt continuesItself folder resume'.split(
    ' ',
  );

const app = 'function add(a, b) {\n  return a - b;\n}\nmodule.exports = { add };\n';
const halfRenamed = 'function sum(a, b) {\n  return a + b;\n}\nmodule.exports = { add };\n';

describe('soft-landing recover', function () {
  this.timeout(60_000);
  let repository: Repository;

  beforeEach(() => {
    repository = makeRepository({ files: { 'app.js': app } });
    // Claude Code's registry of running processes: none runs.
    mkdirSync(join(repository.outer, '.claude', 'sessions'), { recursive: true });
  });
  afterEach(() => repository.remove());

  const surroundings = () => ({
    cwd: repository.dir,
    env: {
      ...process.env,
      HOME: repository.outer,
      SOFT_LANDING_HOME: join(repository.outer, 'state'),
      CLAUDE_CONFIG_DIR: '',
      CODEX_HOME: '',
      GEMINI_CLI_HOME: '',
      XDG_DATA_HOME: '',
      XDG_CONFIG_HOME: '',
      NO_COLOR: '1',
    },
  });
  const place = (name: string, endedAt: number, folder = repository.dir) =>
    placeCutOffSession(name, repository.outer, folder, endedAt, interruptionFixtures);
  const run = (...args: string[]) => softLanding({ args, ...surroundings() });
  const json = <Answer>(...args: string[]) => softLandingJson<Answer>({ args, ...surroundings() });
  const reasonOf = async (...args: string[]) => {
    const { exitCode, stdout } = await run(...args, '--json');
    assert.equal(exitCode, 1);
    return (JSON.parse(stdout) as { error: { reason: string } }).error.reason;
  };
  const aMinuteAgo = () => Date.now() - 60_000;

  it('says that nothing was cut off, and refuses what would need a cut', async () => {
    assert.equal((await json<Recovered>('recover')).interruption, null);
    assert.equal(await reasonOf('recover', '--dismiss'), 'no-interruption');
    assert.equal((await run('recover', '--dismiss', '--handover')).exitCode, 2);
    assert.equal((await json<{ interruption: null }>('status')).interruption, null);
  });

  it('finds a session that a limit cut off, saves its state once, and reports it', async () => {
    const before = await json<{ id: string }>('checkpoint', 'create', '--label', 'before the task');
    // The task begins after that.
    repository.write('app.js', halfRenamed);
    const { ref, shift } = place('claude: -cut-by-429-5h-oauth-print', Date.now() + 4000);
    const state = repository.state();

    const { interruption, report, files } = await json<Recovered>('recover');
    assert.ok(interruption);
    assert.equal(interruption.reason, 'usage-limit');
    assert.equal(
      interruption.resetsAt,
      new Date(Date.parse('2026-11-23T07:01:46Z') + Math.round(shift / 1000) * 1000).toISOString(),
    );
    assert.equal(interruption.task, 'Fix the add function in app.js and add a NOTES.md');
    assert.equal(interruption.resume, `claude --resume ${ref.sessionId}`);
    assert.equal(interruption.continuesItself, false);
    assert.deepEqual(Object.keys(interruption).sort(), [...contract].sort());
    assert.deepEqual(repository.state(), state);

    const { checkpoints } = await json<CheckpointList>('checkpoint', 'list');
    assert.deepEqual(
      checkpoints.map(({ kind }) => kind),
      ['interrupted', 'manual'],
    );
    assert.equal(interruption.checkpoint, checkpoints[0]?.id);
    assert.equal(checkpoints[0]?.session, ref.sessionId);
    assert.equal(repository.git('show', `${checkpoints[0].ref}:app.js`), halfRenamed);

    assert.deepEqual(report.prompts, ['Fix the add function in app.js and add a NOTES.md']);
    assert.equal(report.lastWords, 'Renaming add -> sum: definition first, then the export.');
    assert.deepEqual(report.base, { id: before.id, label: 'before the task', isGreen: false });
    assert.deepEqual(
      report.changes.map(({ path, status, added, deleted }) => [path, status, added, deleted]),
      [['app.js', 'modified', 2, 2]],
    );
    const text = readFileSync(files.report, 'utf8');
    assert.match(text, /^# Cut off: Fix the add function/);
    assert.match(text, /its usage limit was reached/);
    assert.match(text, /^\+function sum\(a, b\) \{$/m);
    assert.match(readFileSync(files.handover, 'utf8'), /^> Fix the add function in app\.js and add a NOTES\.md$/m);

    // Whoever looks again finds the same one.
    const again = await json<Recovered>('recover');
    assert.equal(again.interruption?.id, interruption.id);
    const status = await json<{ interruption: InterruptionJson }>('status');
    assert.equal(status.interruption.id, interruption.id);
    assert.equal((await json<CheckpointList>('checkpoint', 'list')).checkpoints.length, 2);
    assert.match((await run('status')).stdout, /Claude Code was cut off at .*its usage limit was reached/);
  });

  it('keeps its reports to the user, and nothing of a session in the tree', async () => {
    place('claude: -sigkill-mid-edit', aMinuteAgo());
    const { interruption } = await json<Recovered>('recover');
    assert.ok(interruption);
    if (process.platform !== 'win32') {
      assert.equal(statSync(interruption.folder).mode & 0o777, 0o700);
      for (const name of ['report.json', 'REPORT.md', 'HANDOVER.md'])
        assert.equal(statSync(join(interruption.folder, name)).mode & 0o777, 0o600);
    }
    assert.deepEqual(readdirSync(repository.dir).sort(), ['.git', 'app.js']);
  });

  it('salvages the code of an edit that a kill came before', async () => {
    place('claude: -sigkill-mid-edit', aMinuteAgo());
    const { interruption, report, files } = await json<Recovered>('recover');
    assert.equal(interruption?.reason, 'killed');
    assert.equal(report.unanswered.length, 1);
    assert.equal(report.unanswered[0]?.isInTree, false);
    const [before = '', after = ''] = files.salvaged;
    assert.equal(readFileSync(before, 'utf8'), 'return a - b;');
    assert.match(readFileSync(after, 'utf8'), /^return a \+ b;/);
  });

  it('salvages a patch that was never applied', async () => {
    const { ref } = place('codex: sigkill-mid-patch', aMinuteAgo());
    const { interruption, report, files } = await json<Recovered>('recover', '--session', ref.sessionId);
    assert.equal(interruption?.reason, 'killed');
    assert.equal(interruption.resume, `codex resume ${ref.sessionId}`);
    assert.deepEqual(
      report.unanswered.map(({ summary }) => summary),
      ['apply_patch app.js, NOTES.md'],
    );
    assert.match(readFileSync(files.salvaged[0] ?? '', 'utf8'), /^\*\*\* Begin Patch/);
  });

  it('hands over: a document, and a prompt that says the essentials', async () => {
    repository.write('app.js', halfRenamed);
    place('claude: -cut-by-429-5h-oauth-print', aMinuteAgo());
    const { document, prompt, file } = await json<{ document: string; prompt: string; file: string }>(
      'recover',
      '--handover',
    );
    assert.equal(readFileSync(file, 'utf8'), document);
    assert.match(prompt, /Fix the add function in app\.js/);
    assert.match(prompt, /1 file: app\.js/);
    assert.ok(prompt.includes(file));
    assert.ok(prompt.length < 2000);
  });

  it('resets to nothing that was not verified', async () => {
    await json('checkpoint', 'create', '--label', 'not verified');
    repository.write('app.js', halfRenamed);
    place('claude: -cut-by-429-5h-oauth-print', Date.now() - 500);
    assert.equal(await reasonOf('recover', '--reset-to-green'), 'no-green');
    assert.equal(repository.read('app.js'), halfRenamed);
  });

  it('resets to the last green state, which an undo takes back', async () => {
    const opened = await Checkpoints.open(repository.dir, { stateFolder: join(repository.outer, 'state') });
    assert.ok(opened.ok);
    const verified = await (await opened.value.verifying()).run({ command: 'exit 0', deadlineMs: 20_000 });
    assert.ok(verified.ok);
    repository.write('app.js', halfRenamed);
    repository.write('NOTES.md', 'half\n');
    repository.write('.soft-landing/.gitignore', '*\n');
    repository.write('.soft-landing/plan.md', '# Plan: Rename\n\n- [ ] Rename add\n  - Status: begun\n');
    place('claude: -cut-by-429-5h-oauth-print', Date.now() + 100);

    const { interruption, report } = await json<Recovered>('recover');
    assert.equal(report.base?.isGreen, true);
    assert.equal(interruption?.lastGreen?.id, report.base.id);
    assert.deepEqual(
      report.changes.map(({ path, status }) => [path, status]),
      [
        ['NOTES.md', 'added'],
        ['app.js', 'modified'],
      ],
    );
    const restored = await json<RestoreReport & { reopened: number[] }>('recover', '--reset-to-green');
    assert.equal(restored.restored, report.base.id);
    // As by `checkpoint restore --last-green`: what was taken back is to be done anew.
    assert.deepEqual(restored.reopened, [1]);
    assert.match(repository.read('.soft-landing/plan.md'), /Status: open/);
    assert.equal(repository.read('app.js'), app);
    assert.equal(existsSync(join(repository.dir, 'NOTES.md')), false);
    assert.equal((await json<Recovered>('recover')).interruption, null);

    await json<RestoreReport>('checkpoint', 'undo');
    assert.equal(repository.read('app.js'), halfRenamed);
    assert.equal(repository.read('NOTES.md'), 'half\n');
  });

  it('says when to go on, and refuses while the agent does so itself', async () => {
    const { shift } = place('claude: -cut-by-429-5h-oauth-print', aMinuteAgo());
    const { goOnAt, resume } = await json<{ goOnAt: string; resume: string }>('recover', '--go-on');
    const reset = Date.parse('2026-11-23T07:01:46Z') + Math.round(shift / 1000) * 1000;
    assert.equal(Date.parse(goOnAt), reset + 60_000);
    assert.match(resume, /^claude --resume /);
  });

  it('dismisses, lists, and does not find it again', async () => {
    place('claude: -cut-by-429-weekly-oauth-print', aMinuteAgo());
    const { dismissed } = await json<{ dismissed: string }>('recover', '--dismiss');
    assert.equal((await json<Recovered>('recover')).interruption, null);
    const { interruptions } = await json<{ interruptions: InterruptionJson[] }>('recover', '--list');
    assert.deepEqual(
      interruptions.map(({ id, state }) => [id, state]),
      [[dismissed, 'dismissed']],
    );
  });

  it('is over once the session has gone on', async () => {
    place('claude: -sigkill-mid-edit', Date.now() - 120_000);
    assert.ok((await json<Recovered>('recover')).interruption);
    place('claude: -sigkill-mid-edit-then-continue', Date.now() - 112_500);
    assert.equal((await json<Recovered>('recover')).interruption, null);
  });

  it('has nothing to say of sessions in other folders', async () => {
    place('claude: -cut-by-429-5h-oauth-print', aMinuteAgo(), join(repository.outer, 'elsewhere'));
    assert.equal((await json<Recovered>('recover')).interruption, null);
    assert.equal(existsSync(join(repository.outer, 'state', 'interruptions')), false);
  });
});
