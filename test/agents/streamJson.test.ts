import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { installClaude } from '../support/installAgents.ts';
import { allowedLimits } from '../support/claude/limitHeaders.ts';
import { asSubscriber, claudeConfigFolder, claudeEnvironment } from '../support/claude/runClaude.ts';
import { fixedApp, scenarioFiles } from '../support/claude/scenarios.ts';
import { edit, read } from '../support/claude/toolCalls.ts';
import { openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import { runAgent } from '../support/runAgent.ts';
import { cliPath } from '../support/softLanding.ts';

interface Status {
  readonly windows: readonly {
    readonly id: string;
    readonly account: string;
    readonly usedPercent: number;
    readonly source: string;
    readonly confidence: string;
  }[];
}

describe('a run of the real Claude Code without its terminal, through soft-landing stream-json', function () {
  this.timeout(120_000);
  let place: Workplace;
  beforeEach(async () => {
    place = await openWorkplace({ files: scenarioFiles });
    await place.cliJson('install', 'claude', '--scope', 'local');
  });
  afterEach(() => place.close());

  it('tells the gauge the vendor’s own percentages, and its hooks land it by them', async () => {
    const resets = { five: Math.floor(Date.now() / 1000) + 7200, seven: Math.floor(Date.now() / 1000) + 400_000 };
    const { dir } = place.repository;
    place.api.play({
      main: [
        { tools: [read(dir, 'app.js')], headers: allowedLimits(0.42, 0.17, resets) },
        { tools: [edit(dir, 'app.js', 'a - b', 'b + a')], headers: allowedLimits(0.83, 0.18, resets) },
        { tools: [edit(dir, 'app.js', 'b + a', 'a + b')], headers: allowedLimits(0.84, 0.18, resets) },
        { text: 'Landed.', headers: allowedLimits(0.85, 0.18, resets) },
      ],
    });
    mkdirSync(claudeConfigFolder(place.home), { recursive: true });
    const claude = [await installClaude(), '-p', 'Fix add() in app.js', '--permission-mode', 'acceptEdits'];
    const outcome = await runAgent({
      program: process.execPath,
      args: [cliPath, 'stream-json', '--', ...claude, '--output-format', 'stream-json', '--verbose'],
      cwd: dir,
      env: { ...claudeEnvironment(place.home, place.api), ...asSubscriber, SOFT_LANDING_HOME: place.state },
    });
    assert.deepEqual(place.api.surprises, []);
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.equal(outcome.stderr, '');
    const lines = outcome.stdout.trimEnd().split('\n');
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    assert.equal(types[0], 'system');
    assert.equal(types.at(-1), 'result');
    assert.equal(place.repository.read('app.js'), fixedApp);

    // Told between its tools, not after it: the advice is in its next request.
    const told = place.api.requests.map(({ body }) => JSON.stringify(body.messages).includes('Land now:'));
    assert.deepEqual(told, [false, false, true, true], outcome.stdout);

    const { windows } = await place.cliJson<Status>('status');
    assert.deepEqual(
      windows
        .filter(({ source }) => source === 'rate limit event')
        .map(({ id, usedPercent, confidence, account }) => [id, usedPercent, confidence, account]),
      [
        ['five_hour', 85, 'official', claudeConfigFolder(place.home)],
        ['seven_day', 18, 'official', claudeConfigFolder(place.home)],
      ],
    );
  });
});
