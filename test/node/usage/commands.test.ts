import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { UsageError, type CommandContext, type OptionValues } from '../../../src/cli/command.ts';
import { readLimits } from '../../../src/store/limitsFile.ts';
import { statusCommand } from '../../../src/cli/status.ts';
import { usageCommand } from '../../../src/cli/usage.ts';
import { makeUnwritable } from '../../support/unwritable.ts';
import { agentSamples, placeSample } from '../../support/agentSamples.ts';
import { inZone } from '../../support/timeZone.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/claude/transcripts');
// During the sessions of the fixtures: after their limits were reached, before those reset.
const then = Date.parse('2026-11-23T05:45:00Z');

describe('usage and status on real transcripts', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-commands-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function take(...names: string[]): void {
    const root = join(home, '.claude', 'projects');
    mkdirSync(root, { recursive: true });
    for (const name of names) cpSync(join(fixtures, `-${name}`), join(root, `-${name}`), { recursive: true });
  }
  function takeAgent(agent: string): void {
    placeSample(agentSamples.find((sample) => sample.agent === agent) ?? assert.fail(agent), home);
  }
  const context = (repoDir = '/'): CommandContext => ({
    surroundings: { home, env: {}, platform: process.platform },
    stateFolder: join(home, 'state'),
    programDir: home,
    repoDir,
    now: () => then,
    stdin: Readable.from([]),
  });
  const usage = (values: OptionValues = {}) => usageCommand.run(context(), { timezone: 'UTC', ...values }, []);
  const totals = async () => {
    const json = (await usage()).json as { totals: Record<string, number | null> };
    const { responses, input, output, cacheRead, cacheWrite5m, cacheWrite1h } = json.totals;
    return [responses, input, output, cacheRead, Number(cacheWrite5m) + Number(cacheWrite1h)];
  };

  // What the API served in these runs, and what Claude Code itself reported in its cost-state rows (claude-code §1a).
  it('equals the vendor’s own count of a session', async () => {
    take('clean-multitool-print');
    assert.deepEqual(await totals(), [5, 30, 483, 49_690, 12_990]);
  });
  it('equals it with a subagent', async () => {
    take('subagent-foreground');
    assert.deepEqual(await totals(), [5, 21, 191, 28_200, 20_800]);
  });
  it('counts a fork’s copies once and leaves them with the parent', async () => {
    take('429-then-resumed-then-forked');
    assert.deepEqual(await totals(), [6, 33, 270, 37_000, 37_480]);
    const { groups } = (await usage({ by: 'session' })).json as { groups: Record<string, { responses: number }> };
    assert.deepEqual(
      Object.entries(groups).map(([key, sums]) => [key.slice(0, 4), sums.responses]),
      [
        ['23a2', 4],
        ['5f6b', 2],
      ],
    );
  });

  it('keeps the contract of the CLI', async () => {
    take('clean-multitool-print');
    assert.deepEqual((await usage({ by: 'project' })).json, {
      totals: sums,
      groups: { '/home/dev/cc-clean/repo': sums },
      scanned: {
        files: 1,
        bytes: statSync(join(fixtures, '-clean-multitool-print', `${cleanSession}.jsonl`)).size,
        rows: 11,
        skipped: 0,
      },
    });
    for (const [by, key] of [
      ['day', '2026-11-23'],
      ['model', 'claude-opus-5-5'],
      ['session', cleanSession],
      ['agent', 'claude'],
    ] as const) {
      assert.deepEqual(Object.keys(((await usage({ by })).json as { groups: object }).groups), [key]);
    }
  });

  it('prints a table with what it cost', async () => {
    take('clean-multitool-print');
    const text = stripVTControlCharacters((await usage()).text);
    assert.match(
      text,
      /^Day +Responses +Input +Output +Cache writes +New tokens +Cache reads +Cost\n2026-11-23 +5 +30 +483 +12,990 +13,503 +49,690 +\$0\.08\nTotal/,
    );
    assert.match(text, /Cost: an estimate at API prices of 20\d\d-\d\d-\d\d\.\n?/);
  });

  it('never prints a price it does not know', async () => {
    takeAgent('codex');
    const text = stripVTControlCharacters((await usage({ by: 'model' })).text);
    assert.match(text, /\ngpt-6-sol .* unknown\n/);
    assert.match(text, /\nTotal .* \$0\.\d\d\+\n/);
    assert.match(text, /; unknown for 19,732 tokens of models without a known price\./);
    const { groups } = (await usage({ by: 'model' })).json as {
      groups: Record<string, { costUsd: number | null; costUnknownTokens: number }>;
    };
    assert.deepEqual([groups['gpt-6-sol']?.costUsd, groups['gpt-6-sol']?.costUnknownTokens], [null, 19_732]);
    // What the API served, at 5, 30 and 0.5 USD per million.
    const { costUsd } = groups['gpt-5.5'] ?? assert.fail();
    assert.equal(costUsd, Number(((40_300 * 5 + 1_135 * 30 + 91_500 * 0.5) / 1e6).toFixed(9)));
  });

  it('takes the user’s own prices', async () => {
    takeAgent('codex');
    const file = join(home, 'prices.json');
    const rates = { input: 1, output: 1, cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1 };
    writeFileSync(file, JSON.stringify({ 'gpt-6-sol': rates }));
    const { totals: sum } = (await usage({ prices: file })).json as { totals: { costUnknownTokens: number } };
    assert.equal(sum.costUnknownTokens, 0);
    writeFileSync(file, JSON.stringify({ 'gpt-6-sol': { ...rates, output: 'dear' } }));
    await assert.rejects(usage({ prices: file }), UsageError);
    await assert.rejects(usage({ prices: join(home, 'none') }), UsageError);
  });

  it('groups by agent, and takes one alone', async () => {
    take('clean-multitool-print');
    for (const agent of ['codex', 'gemini']) takeAgent(agent);
    const groups = async (values: OptionValues) =>
      Object.entries(((await usage(values)).json as { groups: Record<string, { responses: number }> }).groups).map(
        ([key, sums]) => [key, sums.responses],
      );
    assert.deepEqual(await groups({ by: 'agent' }), [
      ['codex', 17],
      ['claude', 5],
      ['gemini', 2],
    ]);
    for (const [agent, count] of [
      ['codex', 17],
      ['gemini', 2],
      ['claude', 5],
    ] as const) {
      assert.deepEqual(await groups({ by: 'agent', agent }), [[agent, count]]);
    }
    assert.deepEqual(await groups({ by: 'agent', agent: 'opencode' }), []);
  });

  it('shows the windows Codex tells of', async () => {
    takeAgent('codex');
    const { windows } = (await statusCommand.run(context(), {}, [])).json as {
      windows: { id: string; agent: string; usedPercent: number }[];
    };
    assert.deepEqual(
      windows.map(({ id, agent, usedPercent }) => [agent, id, usedPercent]),
      [
        ['codex', 'five_hour', 100],
        ['codex', 'seven_day', 61],
        ['codex', 'context', 0.47],
      ],
    );
  });

  it('says when there is nothing', async () => {
    assert.match((await usage()).text, /^No transcripts of an agent were found/);
    take('clean-multitool-print');
    assert.match((await usage({ until: '2026-11-22' })).text, /^No responses in this span \(1 files read\)/);
  });

  it('takes spans of days', async () => {
    take('clean-multitool-print');
    for (const [values, wanted] of [
      [{ since: '2026-11-23', until: '20261123' }, 5],
      [{ since: '2026-11-24' }, 0],
      [{ since: '2026-11-23', timezone: 'America/Los_Angeles' }, 0],
    ] as const) {
      assert.equal(((await usage(values)).json as { totals: { responses: number } }).totals.responses, wanted);
    }
  });

  it('takes the days of the machine where no zone is asked for', async () => {
    take('clean-multitool-print');
    for (const [zone, day] of [
      ['America/Los_Angeles', '2026-11-22'],
      ['UTC', '2026-11-23'],
    ] as const) {
      await inZone(zone, async () => {
        const { json, text } = await usage({ timezone: undefined });
        assert.deepEqual(Object.keys((json as { groups: object }).groups), [day]);
        assert.match(text, new RegExp(`Days are those of ${zone}\\.`));
      });
    }
  });

  for (const values of [
    { by: 'week' },
    { since: 'yesterday' },
    { until: '2026-02-30' },
    { agent: 'nobody' },
    { timezone: 'Mars/Base' },
    { since: '2026-11-24', until: '2026-11-23' },
    { prices: '/nowhere/prices.json' },
  ]) {
    it(`refuses ${JSON.stringify(values)}`, () => assert.rejects(usage(values), UsageError));
  }
  it('refuses arguments it does not know', async () => {
    await assert.rejects(usageCommand.run(context(), {}, ['x']), UsageError);
    await assert.rejects(statusCommand.run(context(), {}, ['x']), UsageError);
  });

  it('reads a limit as an exhausted window', async () => {
    take('429-inside-subagent', 'cut-by-429-weekly-oauth-print');
    const { json, text } = await statusCommand.run(context('/home/dev/sub429/repo'), {}, []);
    const common = {
      agent: 'claude',
      account: join(home, '.claude'),
      usedPercent: 100,
      reservePercent: 20,
      reserveLearned: false,
      headroomPercent: 0,
      source: 'limit row in the transcript',
      confidence: 'official',
      errorPercent: null,
      atLeast: false,
      pace: null,
    };
    assert.deepEqual(json, {
      level: 'exhausted',
      windows: [
        { id: 'seven_day', ...common, resetsAt: '2026-11-25T12:35:06.000Z', ageSeconds: 2593 },
        { id: 'five_hour', ...common, resetsAt: '2026-11-23T07:39:37.000Z', ageSeconds: 321 },
      ],
      interruption: null,
    });
    assert.match(
      text,
      /^Nothing is left until the window resets\.\n\nWeekly window +100% used, nothing left, resets in 2 d 6 h/,
    );
    assert.match(text, /\nSession +402 new tokens/);
  });

  it('publish what is left for programs that read no transcripts', async () => {
    takeAgent('codex');
    const windows = async () =>
      (await readLimits(join(home, 'state')))?.windows.map(({ agent, window }) => [agent, window]);
    await usage();
    const told = await windows();
    assert.ok(told !== undefined && told.length > 0 && told.every(([agent]) => agent === 'codex'));
    rmSync(join(home, 'state', 'limits.json'));
    await statusCommand.run(context(), {}, []);
    assert.deepEqual(await windows(), told);
  });
  it('are given where nothing can be published', async () => {
    takeAgent('codex');
    mkdirSync(join(home, 'state'));
    const undo = makeUnwritable(join(home, 'state'));
    try {
      const { json } = await statusCommand.run(context(), {}, []);
      assert.notDeepEqual((json as { windows: unknown[] }).windows, []);
      assert.equal((await totals())[0], 17);
    } finally {
      undo();
    }
  });

  it('does not know what no one told', async () => {
    take('clean-multitool-print');
    const { json, text } = await statusCommand.run(context(), {}, []);
    assert.deepEqual(json, { level: 'unknown', windows: [], interruption: null });
    assert.doesNotMatch(text, /%/);
    assert.match(text, /\nLimits +not known yet/);
  });
});

const sums = {
  responses: 5,
  input: 30,
  output: 483,
  cacheWrite5m: 12_940,
  cacheWrite1h: 50,
  cacheRead: 49_690,
  // Its cost-state row says the same.
  costUsd: 0.084818,
  costUnknownTokens: 0,
};
const cleanSession = '798dee4e-1d35-4138-9afc-1ebe0216d2cb';
