import assert from 'node:assert/strict';
import { findInterruption, type Evidence } from '../../../src/recovery/findInterruption.ts';
import { readWork } from '../../../src/recovery/readWork.ts';
import { interruptionFixtures } from '../../support/interruptionFixtures.ts';
import { nodeWithSqlite, runWithSqlite } from '../../support/nodeWithSqlite.ts';
import { interruptionSamples, sampleFolders } from '../../support/interruptionSamples.ts';

describe('what real agents left behind', () => {
  const samples = interruptionSamples(interruptionFixtures);

  it('has an expectation for every sample', () => {
    const covered = new Set(samples.map(({ name }) => name.split('/')[0]));
    assert.deepEqual(
      sampleFolders(interruptionFixtures).filter((name) => !covered.has(name)),
      [],
    );
  });

  for (const { name, ref, process, expected } of samples) {
    for (const reach of ['look', 'report'] as const) {
      it(`${name} is ${expected ? expected.reason : 'no interruption'} (${reach})`, async () => {
        const work = await readWork(ref, reach);
        assert.ok(work);
        // Right after it happened.
        const now = Math.max(...work.items.map(({ at }) => at)) + 5000;
        const evidence: Evidence = { now, process, told: null };
        const found = findInterruption(work.items, work.subagents, evidence);
        if (expected === null) {
          assert.equal(found, null);
          return;
        }
        assert.ok(found);
        assert.deepEqual(
          { reason: found.reason, resetsAt: found.resetsAt, continuesItself: found.continuesItself },
          {
            reason: expected.reason,
            resetsAt: expected.resetsAt === null ? null : Date.parse(expected.resetsAt),
            continuesItself: expected.continuesItself ?? false,
          },
        );
        assert.equal(work.place.sessionId, ref.sessionId);
        assert.match(work.place.cwd ?? '', /^\/home\/dev\//);
      });
    }
  }

  describe('opencode, refused with 429 and waiting', () => {
    const node = nodeWithSqlite();
    const look = (state: string) => runWithSqlite(node ?? '', 'cutOffOpencode.ts', interruptionFixtures, state);
    const kinds = ['prompt', 'words', 'call', 'result', 'call', 'result'];
    const common = { cwd: '/home/dev/oc429/repo', kinds };

    it('is at work, as far as its database tells', () => {
      assert.ok(node, 'needs a Node with SQLite: npm run test:host installs one');
      assert.deepEqual(look('running'), { reason: null, continuesItself: null, ...common });
    });
    it('is a limit that it waits for, where the plugin was told', () => {
      assert.deepEqual(look('told'), { reason: 'usage-limit', continuesItself: true, ...common });
    });
    it('is killed, once its process is gone', () => {
      assert.deepEqual(look('ended'), { reason: 'killed', continuesItself: false, ...common });
    });
  });
});
