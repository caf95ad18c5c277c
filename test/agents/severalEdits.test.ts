import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  commitAndAmend,
  fixedApp,
  parallelSubagents,
  oneSubagent,
  scenarioFiles,
  severalEditsInOneMessage,
} from '../support/claude/scenarios.ts';
import { hookTroubles, openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import type { UsageReport } from '../support/softLanding.ts';
import { filesInTree, filesOnDisk, type Files } from '../support/workingTree.ts';

describe('several edits by the real Claude Code', function () {
  this.timeout(360_000);
  let place: Workplace;

  beforeEach(async () => {
    place = await openWorkplace({ files: scenarioFiles });
    await place.cliJson('install', 'claude', '--scope', 'local');
  });

  afterEach(async () => {
    await place.close();
  });

  const savedStates = async (): Promise<Files[]> => {
    const checkpoints = await place.checkpoints();
    return checkpoints.map(({ ref }) => filesInTree(place.repository, ref));
  };

  const assertTokensMatch = async (): Promise<void> => {
    const { totals } = await place.cliJson<UsageReport>('usage');
    const { responses, input, output, cacheWrite5m, cacheWrite1h, cacheRead } = totals;
    assert.deepEqual({ responses, input, output, cacheWrite5m, cacheWrite1h, cacheRead }, place.api.served());
  };

  it('saves the state before each of several edits in one message', async () => {
    const outcome = await place.fly(severalEditsInOneMessage(place.witness), 'Fix all of it');
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.deepEqual(hookTroubles(outcome), []);
    assert.equal(place.repository.read('NOTES.md'), 'one\ntwo\n');

    // The API sees only the state before the first; from there each edit of the script adds its own.
    const start = place.witness.sights[0]?.files;
    assert.ok(start);
    const appFixed = { ...start, 'app.js': fixedApp };
    const readmeFixed = { ...appFixed, 'README.md': '# Fixed\n' };
    const notesWritten = { ...readmeFixed, 'NOTES.md': 'one\n' };
    const saved = await savedStates();
    for (const state of [start, appFixed, readmeFixed, notesWritten]) assertHas(saved, state);
    await assertTokensMatch();
  });

  it("saves the state before a subagent's edit, and counts the subagent's tokens", async () => {
    const outcome = await place.fly(oneSubagent(place.witness), 'Have add() fixed');
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.deepEqual(hookTroubles(outcome), []);
    assert.equal(place.repository.read('app.js'), fixedApp);
    assert.ok(outcome.transcripts.some((path) => path.includes('subagents')));

    const before = place.witness.sights[0]?.files;
    assert.ok(before);
    assertHas(await savedStates(), before);
    await assertTokensMatch();
  });

  it('survives two subagents editing at the same moment', async () => {
    const outcome = await place.fly(parallelSubagents(place.witness), 'Two things at once');
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.deepEqual(hookTroubles(outcome), []);
    assert.equal(place.repository.read('app.js'), fixedApp);
    assert.equal(place.repository.read('README.md'), '# Fixed\n');

    const before = place.witness.sights[0]?.files;
    assert.ok(before);
    const saved = await savedStates();
    assertHas(saved, before);
    // Which of the two went first is open, but no checkpoint may be torn: each file is whole, old or new.
    for (const state of saved) {
      assert.ok([scenarioFiles['app.js'], fixedApp].includes(state['app.js'] ?? ''), 'app.js is torn');
      assert.ok(['# Scratch\n', '# Fixed\n'].includes(state['README.md'] ?? ''), 'README.md is torn');
    }
    await assertTokensMatch();
    place.repository.git('fsck', '--strict');
  });

  it('keeps a commit alive that the agent then rewrites, and adds nothing else to `git log --all`', async () => {
    const outcome = await place.fly(commitAndAmend(place.witness), 'Commit it, then tidy up');
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    const { repository, witness } = place;
    assert.equal(repository.git('log', '-1', '--format=%s').trim(), 'better work');
    const before = witness.sights[0]?.files;
    assert.ok(before);
    assertHas(await savedStates(), before);
    const lines = (...options: string[]): string[] =>
      repository
        .git('log', ...options, '--all', '--format=%s')
        .trim()
        .split('\n');
    const without = lines('--exclude=refs/soft-landing/*');
    const added = lines().filter((subject) => !without.includes(subject));
    // The rewritten commit was HEAD when a checkpoint was made: that checkpoint needs it, so it outlives the reflog.
    assert.deepEqual(added, ['work']);
  });

  it('keeps two sessions in one repository apart, and goes on where the list ended', async () => {
    await place.fly(severalEditsInOneMessage(place.witness), 'First session');
    const first = await place.checkpoints();
    const between = filesOnDisk(place.repository.dir);
    await place.fly(
      {
        main: [
          {
            text: 'Writing.',
            tools: [
              { name: 'Write', input: { file_path: join(place.repository.dir, 'second.txt'), content: 'second\n' } },
            ],
            tokens: { input: 2, output: 9 },
          },
          { text: 'Done.', tokens: { input: 2, cacheRead: 500, output: 3 } },
        ],
      },
      'Second session',
    );
    const all = await place.checkpoints();
    // The state the first session ended with is also the one the second prompt found, and is listed under that by now.
    const states = (list: typeof all) => list.map(({ id, tree }) => ({ id, tree }));
    assert.deepEqual(states(all.slice(-first.length)), states(first));
    assert.equal(all.at(-first.length)?.label, 'Second session');
    assertHas(await savedStates(), between);
    assert.equal(new Set(all.map(({ session }) => session)).size, 2);
    await assertTokensMatch();
  });
});

function assertHas(saved: readonly Files[], state: Files): void {
  const wanted = JSON.stringify(sortedByPath(state));
  assert.ok(
    saved.some((files) => JSON.stringify(files) === wanted),
    `no checkpoint holds ${wanted}`,
  );
}

function sortedByPath(files: Files): Files {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}
