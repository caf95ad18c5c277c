import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPreferences, publishPreferences } from '../../src/store/preferences.ts';
import type { StepSource } from '../support/claude/messagesApi.ts';
import { fixedApp, scenarioFiles } from '../support/claude/scenarios.ts';
import { agent, bash, edit, read, write } from '../support/claude/toolCalls.ts';
import { hookTroubles, openWorkplace, type Workplace } from '../support/claude/workplace.ts';

// The flights (flight.test.ts) show that the advice comes in time; these show every other word of it to the real agent.
describe('landing, in the real Claude Code', function () {
  this.timeout(120_000);
  let place: Workplace;
  let dir: string;

  beforeEach(async () => {
    place = await openWorkplace({ files: scenarioFiles });
    dir = place.repository.dir;
    await place.cliJson('install', 'claude', '--scope', 'local');
  });
  afterEach(async () => {
    await place.close();
  });

  const prefer = (landing: 'advise' | 'strict') =>
    publishPreferences(place.state, { ...defaultPreferences, landing, budgets: { tokensPerSession: 100_000 } });
  const fly = async (scenario: Readonly<Record<string, readonly StepSource[]>>): Promise<void> => {
    const outcome = await place.fly(scenario, 'Fix add() in app.js');
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.deepEqual(
      hookTroubles(outcome).filter((trouble) => !trouble.includes('hook_blocking_error')),
      [],
    );
  };
  /** How often each request of a lane holds these words: what was said once stays in the conversation. */
  const counts = (words: RegExp, lane = 'main'): readonly number[] =>
    place.api.requests
      .filter((request) => request.lane === lane)
      .map(({ body }) => [...JSON.stringify(body.messages).matchAll(new RegExp(words, 'g'))].length);
  /** So much of the budget of 100,000. */
  const used = (tokens: number) => ({ input: 1, cacheWrite5m: tokens, output: 1 });

  it('is told once at the reserve and once, stronger, at half of it; in strict mode new work is refused, landing is not', async () => {
    await prefer('strict');
    await fly({
      main: [
        { tools: [read(dir, 'app.js')], tokens: used(10_000) },
        { tools: [edit(dir, 'app.js', 'a - b', 'b + a')], tokens: used(72_000) },
        { tools: [write(dir, 'new.js', 'new\n'), agent('helper', 'do more')], tokens: used(1000) },
        { tools: [edit(dir, 'app.js', 'b + a', 'a + b'), bash('node --check app.js')], tokens: used(9000) },
        { tools: [write(dir, '.soft-landing/HANDOVER.md', 'All done.\n')], tokens: used(500) },
        { text: 'Landed.', tokens: used(500) },
      ],
    });
    assert.deepEqual(counts(/Land now:/), [0, 0, 1, 1, 1, 1]);
    assert.deepEqual(counts(/Stop now; only leave a working state behind:/), [0, 0, 0, 0, 1, 1]);
    assert.deepEqual(counts(/Refused by Soft Landing/), [0, 0, 0, 2, 2, 2]);
    assert.deepEqual(counts(/./, 'helper'), [], 'no subagent began');
    assert.equal(existsSync(join(dir, 'new.js')), false);
    assert.equal(place.repository.read('app.js'), fixedApp);
    assert.equal(place.repository.read('.soft-landing/HANDOVER.md'), 'All done.\n');
  });

  it('tells a subagent in its own thread, in words for it, and then its caller', async () => {
    await prefer('advise');
    await fly({
      main: [
        { tools: [agent('fixer', 'fix add()')], tokens: used(5000) },
        { text: 'It is fixed.', tokens: used(100) },
      ],
      fixer: [
        { tools: [read(dir, 'app.js')], tokens: used(77_000) },
        { tools: [edit(dir, 'app.js', 'a - b', 'a + b')], tokens: used(100) },
        { text: 'add() adds now.', tokens: used(100) },
      ],
    });
    assert.deepEqual(counts(/Report to your caller what is done/, 'fixer'), [0, 1, 1]);
    assert.deepEqual(counts(/Report to your caller what is done/), [0, 0]);
    assert.deepEqual(counts(/Land now:.*?HANDOVER\.md/), [0, 1]);
  });

  it('is told at the end of a turn that called no tool since, once, and then may end', async () => {
    await prefer('advise');
    await fly({
      main: [
        { tools: [read(dir, 'app.js')], tokens: used(5000) },
        { tools: [edit(dir, 'app.js', 'a - b', 'a + b')], tokens: used(5000) },
        { text: 'I think it is done, and this is a long story.', tokens: used(75_000) },
        { tools: [bash('node --check app.js')], tokens: used(100) },
        { text: 'Landed.', tokens: used(100) },
      ],
    });
    // Claude Code itself repeats what a Stop hook says, as an error, beside it.
    assert.deepEqual(counts(/Stop hook feedback:.{1,400}?Before you end this turn:/), [0, 0, 0, 1, 1]);
    assert.deepEqual(counts(/Land now:/), [0, 0, 0, 0, 0]);
  });
});
