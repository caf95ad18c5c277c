import assert from 'node:assert/strict';
import type { CheckpointSummary } from '../../src/protocol/checkpoint.ts';
import { everyEditTool, fixedApp, scenarioFiles } from '../support/claude/scenarios.ts';
import type { ClaudeOutcome } from '../support/claude/runClaude.ts';
import { hookTroubles, openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import type { RepositoryState } from '../support/repository.ts';
import type { RestoreReport, UsageReport } from '../support/softLanding.ts';
import { filesInTree, filesOnDisk, gitFolderFiles, type Files } from '../support/workingTree.ts';

const prompt = 'Fix "add" in app.js,\nthen say it\'s done: $HOME `whoami` \\n %s\n\nthanks';

describe('edits by the real Claude Code', function () {
  this.timeout(120_000);
  let place: Workplace;
  let outcome: ClaudeOutcome;
  let stateBefore: RepositoryState;
  let filesBefore: Files;
  let gitFolderBefore: Files;
  let stateAfter: RepositoryState;
  let gitFolderAfter: Files;

  before(async function () {
    // The very first run downloads the agent.
    this.timeout(360_000);
    place = await openWorkplace({ name: 'my work in $HOME', files: { ...scenarioFiles, 'staged.txt': 'old\n' } });
    const { repository } = place;
    // A person in the middle of something: staged, then changed again, untracked, stashed.
    repository.write('stashed.txt', 'put away\n');
    repository.git('stash', 'push', '--include-untracked', '--quiet');
    repository.write('staged.txt', 'staged\n');
    repository.write('added.txt', 'added\n');
    repository.git('add', 'staged.txt', 'added.txt');
    repository.write('staged.txt', 'staged, then changed\n');
    repository.write('untracked/draft.bin', Buffer.from([0, 255, 254, 13, 10, 0]));
    await place.cliJson('install', 'claude', '--scope', 'local');

    stateBefore = repository.state();
    filesBefore = filesOnDisk(repository.dir);
    gitFolderBefore = gitFolderFiles(repository);
    outcome = await place.fly(everyEditTool(place.witness), prompt);
    stateAfter = repository.state();
    gitFolderAfter = gitFolderFiles(repository);
  });

  after(async () => {
    await place.close();
  });

  const checkpointEqualTo = async (files: Files): Promise<CheckpointSummary> => {
    const checkpoints = await place.checkpoints();
    const found = checkpoints.find(({ ref }) => isSame(filesInTree(place.repository, ref), files));
    if (found) return found;
    // None: say how the nearest one in the list differs.
    const [first] = checkpoints;
    assert.ok(first, 'there is no checkpoint at all');
    assert.deepEqual(filesInTree(place.repository, first.ref), files);
    throw new Error('unreachable');
  };

  it('lets the agent do its work, undisturbed', () => {
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.deepEqual(hookTroubles(outcome), []);
    const { repository } = place;
    assert.equal(repository.read('app.js'), fixedApp);
    assert.equal(repository.read('NOTES.md'), '# Notes\n\nadd() adds.\n');
    assert.equal(repository.read('generated.txt'), 'generated\n');
    assert.match(repository.read('notes.ipynb'), /print\(2\)/);
  });

  for (const edit of ['Edit', 'Write', 'Bash', 'NotebookEdit']) {
    it(`has a checkpoint of the bytes before ${edit}, untracked files included`, async () => {
      const sight = place.witness.sights.find((seen) => seen.edit === edit);
      assert.ok(sight);
      assert.ok('untracked/draft.bin' in sight.files);
      await checkpointEqualTo(sight.files);
    });
  }

  it('leaves branch, HEAD, index, stash, reflog and history as they were', () => {
    const { status: before, ...userStateBefore } = stateBefore;
    const { status: after, ...userStateAfter } = stateAfter;
    assert.deepEqual(userStateAfter, userStateBefore);
    assert.notEqual(after, before, 'the edits should show in git status');
  });

  it("changes nothing in the repository's own folder but objects and hidden refs", () => {
    assert.deepEqual(gitFolderAfter, gitFolderBefore);
  });

  it('says what each checkpoint is: the agent, the session, the branch, the prompt', async () => {
    const checkpoints = await place.checkpoints();
    for (const checkpoint of checkpoints) {
      assert.equal(checkpoint.agent, 'claude');
      assert.equal(checkpoint.branch, 'main');
      assert.equal(checkpoint.head, stateBefore.head);
      assert.ok(outcome.transcripts.some((path) => checkpoint.session !== null && path.includes(checkpoint.session)));
    }
    assert.ok(
      checkpoints.some(({ label }) => label.includes('Fix "add" in app.js,')),
      `labels: ${checkpoints.map(({ label }) => label).join(' | ')}`,
    );
    assert.ok(
      checkpoints.some(({ tool }) => tool === 'Write NOTES.md'),
      `tools: ${checkpoints.map(({ tool }) => tool).join(' | ')}`,
    );
    assert.deepEqual(
      checkpoints.map(({ createdAt }) => createdAt),
      checkpoints
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .toReversed(),
      'newest first',
    );
  });

  it('counts the tokens that the API served, no more and no less', async () => {
    const { totals } = await place.cliJson<UsageReport>('usage');
    const { responses, input, output, cacheWrite5m, cacheWrite1h, cacheRead } = totals;
    assert.deepEqual({ responses, input, output, cacheWrite5m, cacheWrite1h, cacheRead }, place.api.served());
  });

  it('takes all edits back, and brings them forward again', async () => {
    const { repository } = place;
    const flown = filesOnDisk(repository.dir);
    // The agent could stage too: the staged state comes back with the files.
    repository.git('add', '--all');
    const staged = repository.state();
    const first = await checkpointEqualTo(filesBefore);

    const report = await place.cliJson<RestoreReport>('checkpoint', 'restore', first.id);
    assert.equal(report.restored, first.id);
    assert.deepEqual(filesOnDisk(repository.dir), filesBefore);
    assert.deepEqual(repository.state(), stateBefore);

    await place.cliJson<RestoreReport>('checkpoint', 'undo');
    assert.deepEqual(filesOnDisk(repository.dir), flown);
    assert.deepEqual(repository.state(), staged);
  });

  it('goes back to the middle: before the command, after the edits', async () => {
    const sight = place.witness.sights.find((seen) => seen.edit === 'Bash');
    assert.ok(sight);
    const { id } = await checkpointEqualTo(sight.files);
    await place.cliJson<RestoreReport>('checkpoint', 'restore', id);
    assert.deepEqual(filesOnDisk(place.repository.dir), sight.files);
    assert.equal(place.repository.read('app.js'), fixedApp);
    assert.equal(place.repository.read('README.md'), scenarioFiles['README.md']);
  });
});

function isSame(one: Files, other: Files): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
