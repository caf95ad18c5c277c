import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planRequest } from '../../src/plan/planRequest.ts';
import { calculator, calculatorFiles, writesTheCalculator, writesThePlan } from '../support/claude/chunkScenarios.ts';
import type { ClaudeOutcome } from '../support/claude/runClaude.ts';
import { hookTroubles, openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import type { RestoreReport } from '../support/softLanding.ts';

interface PlanReport {
  readonly next: number | null;
  readonly plan: {
    readonly chunks: readonly {
      readonly title: string;
      readonly status: string;
      readonly checkpoint: string | null;
      readonly costTokens: number | null;
    }[];
  };
}
interface VerifyReport {
  readonly id: string;
  readonly verified: string | null;
  readonly exitCode: number | null;
  readonly output: string;
}

describe('a task in chunks with the real Claude Code', function () {
  this.timeout(180_000);
  let place: Workplace;

  beforeEach(async function () {
    // The very first run downloads the agent.
    this.timeout(360_000);
    place = await openWorkplace({ files: calculatorFiles, name: 'calculator' });
    await place.cliJson('install', 'claude', '--scope', 'local');
  });
  afterEach(async () => {
    await place.close();
  });

  const statuses = async (): Promise<string[]> =>
    (await place.cliJson<PlanReport>('plan', 'show')).plan.chunks.map(({ status }) => status);

  /** Hands the next chunk's prompt to a turn of its own. */
  async function flyChunk(scenario: Parameters<Workplace['fly']>[0]): Promise<ClaudeOutcome> {
    const { prompt } = await place.cliJson<{ prompt: string }>('plan', 'next', '--begin');
    return place.fly(scenario, prompt);
  }
  async function done(): Promise<{
    readonly exitCode: number | null;
    readonly report: PlanReport & { verify: VerifyReport };
  }> {
    const { exitCode, stdout } = await place.cli('plan', 'done', '--json');
    return { exitCode, report: JSON.parse(stdout) as PlanReport & { verify: VerifyReport } };
  }
  function flew(outcome: ClaudeOutcome): void {
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.deepEqual(hookTroubles(outcome), []);
    assert.deepEqual(place.api.surprises, []);
  }

  /** The plan, and two chunks that end green; answers their checkpoints. */
  async function twoGreenChunks(): Promise<readonly string[]> {
    // As a whole it does not fit into what the user has set for a day.
    const preferences = { v: 1, reservePercent: 20, budgets: { tokensPerDay: 50_000 }, prices: {} };
    writeFileSync(join(place.state, 'preferences.json'), JSON.stringify(preferences));
    place.repository.write(
      '.soft-landing/plan.md',
      '# Plan: All at once\n\n- [ ] Calculator\n  - Budget: 60K tokens\n',
    );
    const whole = await place.cli('plan', 'next', '--begin');
    assert.equal(whole.exitCode, 1);
    assert.match(
      whole.stderr,
      /not begun\. “Daily budget” has 50K tokens left, and the plan allows this chunk 60K: split it\./,
    );
    flew(
      await place.fly(
        writesThePlan(place.repository.dir),
        `Build a calculator. ${planRequest('.soft-landing/plan.md', 20_000)}`,
      ),
    );
    assert.deepEqual(await statuses(), ['open', 'open', 'open']);
    // A command that only the agent has named is not run; the user agrees to it by setting it.
    const green = await place.cliJson<VerifyReport>('checkpoint', 'verify', '--now', '--command', 'node test.js');
    assert.equal(green.verified, 'green');

    const ids: string[] = [];
    for (const operations of [['add'], ['add', 'subtract']] as const) {
      flew(await flyChunk(writesTheCalculator(place.repository.dir, calculator(operations))));
      const { exitCode, report } = await done();
      assert.deepEqual([exitCode, report.verify.verified, report.verify.exitCode], [0, 'green', 0]);
      ids.push(report.verify.id);
    }
    assert.deepEqual(await statuses(), ['done', 'done', 'open']);
    return ids;
  }

  it('green after 1 and 2, red after 3, and taken back to green', async () => {
    const [first = '', second = ''] = await twoGreenChunks();
    flew(
      await flyChunk(
        writesTheCalculator(place.repository.dir, calculator(['add', 'subtract', 'multiply'], 'multiply')),
      ),
    );
    const { exitCode, report } = await done();
    assert.deepEqual([exitCode, report.verify.verified, report.verify.exitCode], [1, 'red', 1]);
    assert.match(report.verify.output, /8 !== 6|AssertionError/);
    assert.deepEqual(await statuses(), ['done', 'done', 'red']);

    // Offered: the next prompt is to mend it; or it is taken back.
    assert.match((await place.cli('plan', 'next')).stdout, /failed: mend that first/);
    const back = await place.cliJson<RestoreReport & { reopened: number[] }>('checkpoint', 'restore', '--last-green');
    assert.deepEqual([back.restored, back.reopened], [second, [3]]);
    assert.equal(place.repository.read('calculator.js'), calculator(['add', 'subtract']));
    assert.equal((await place.cliJson<VerifyReport>('checkpoint', 'verify', '--now')).verified, 'green');

    const plan = await place.cliJson<PlanReport>('plan', 'show');
    assert.deepEqual(
      plan.plan.chunks.map(({ status, checkpoint }) => [status, checkpoint]),
      [
        ['done', first],
        ['done', second],
        ['open', null],
      ],
    );
    // What each chunk took is what the API served in its turn: three responses with the tokens of the scenario.
    const ofATurn = 1000 + 50 + 2000 + 150 + 3 + 20;
    assert.deepEqual(
      plan.plan.chunks.slice(0, 2).map(({ costTokens }) => costTokens),
      [3200, 3200].map(() => Math.round(ofATurn / 100) * 100),
    );

    const list = await place.checkpoints();
    const story = list
      .filter(({ kind, verified }) => kind === 'manual' || verified !== null || kind === 'safety')
      .reverse();
    assert.deepEqual(
      story.map(({ kind, verified }) => [kind, verified]),
      [
        // Each end of a turn was found again before the next one's prompt, and is called by that now.
        ['turn', 'green'],
        ['prompt', 'green'],
        ['prompt', 'green'],
        ['turn', 'red'],
        ['safety', null],
        ['verify', 'green'],
      ],
      story.map(({ label, kind, verified }) => `${kind} ${String(verified)} ${label}`).join('\n'),
    );
    await place.cliJson('checkpoint', 'undo');
    assert.equal(place.repository.read('calculator.js'), calculator(['add', 'subtract', 'multiply'], 'multiply'));
  });

  it('cut off by a limit in 3: 1 and 2 stay ticked, green and restorable, 3 is begun', async () => {
    const [, second = ''] = await twoGreenChunks();
    const refused = { refused: { message: 'This request would exceed the limit of your organization.' } };
    const outcome = await flyChunk(
      writesTheCalculator(place.repository.dir, calculator(['add', 'subtract', 'multiply'], 'multiply'), refused),
    );
    assert.equal(outcome.exitCode, 1);
    assert.match(outcome.stdout, /429/);
    assert.equal(place.repository.read('calculator.js'), calculator(['add', 'subtract', 'multiply'], 'multiply'));

    assert.deepEqual(await statuses(), ['done', 'done', 'begun']);
    const plan = await place.cliJson<PlanReport>('plan', 'show');
    assert.equal(plan.next, 3);
    assert.match((await place.cli('plan', 'next')).stdout, /chunk 3 of 3.*\nIt was begun before/);
    const green = (await place.checkpoints()).filter(({ verified }) => verified === 'green').map(({ id }) => id);
    assert.deepEqual(
      plan.plan.chunks.slice(0, 2).map(({ checkpoint }) => green.includes(checkpoint ?? '')),
      [true, true],
    );

    const back = await place.cliJson<RestoreReport>('checkpoint', 'restore', '--last-green');
    assert.equal(back.restored, second);
    assert.equal(place.repository.read('calculator.js'), calculator(['add', 'subtract']));
    assert.equal((await place.cliJson<VerifyReport>('checkpoint', 'verify', '--now')).verified, 'green');
    const first = plan.plan.chunks[0]?.checkpoint ?? '';
    await place.cliJson('checkpoint', 'restore', first);
    assert.equal(place.repository.read('calculator.js'), calculator(['add']));
  });
});
