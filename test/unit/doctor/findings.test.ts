import assert from 'node:assert/strict';
import type { DoctorFacts, SettingsFacts, SourceFacts } from '../../../src/doctor/facts.ts';
import { findingsOf } from '../../../src/doctor/findings.ts';
import { installedHooks } from '../../../src/agents/claude/hookSettings.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const minute = 60_000;

const source: SourceFacts = {
  agent: 'claude',
  root: '/home/u/.claude/projects',
  state: 'readable',
  files: 2,
  bytes: 1500,
  rows: 3,
  skipped: [],
  newestAt: now - 5 * minute,
  problem: null,
};
const installed: Extract<SettingsFacts['hooks'], { kind: 'installed' }> = {
  kind: 'installed',
  launchers: ['/state/bin/soft-landing-hook'],
  missingEvents: [],
  isDisabled: false,
  untrustedEvents: [],
  misfit: null,
};
const settings = (hooks: SettingsFacts['hooks'], scope: string | null = 'user'): SettingsFacts => ({
  agent: 'claude',
  title: 'Claude Code',
  file: '/home/u/.claude/settings.json',
  scope,
  hooks,
});

const tee = { file: '/home/u/.claude/settings.json', launcher: '/x', isThere: true, isAlone: false, hiddenBy: null };

/** A machine on which everything works. */
const healthy: DoctorFacts = {
  sources: [source],
  meter: {
    store: {
      path: '/state/usage/responses.bin',
      state: 'readable',
      bytes: 7300,
      responses: 100,
      oldestAt: now - 90 * 24 * 60 * minute,
      damaged: 0,
    },
    limits: { path: '/state/limits.json', state: 'readable', at: now - 2 * minute, windows: 3, counted: 2 },
    preferences: { reservePercent: 25, budgets: ['tokensPerDay'], prices: 1 },
    tees: [tee],
    spool: { files: 1, newestAt: now - minute },
  },
  readings: [
    {
      agent: 'claude',
      account: '/home/u/.claude',
      window: 'five_hour',
      usedPercent: 42.9,
      resetsAt: now + 90 * minute,
      capturedAt: now - minute,
      source: 'a test',
    },
  ],
  stateFolder: {
    path: '/state',
    state: 'readable',
    mode: 0o700,
    isWritable: true,
    freeBytes: 1e12,
    bytes: 18_299_000,
    isMore: false,
    damaged: [],
    lostFolders: [],
  },
  settings: [settings(installed), settings({ kind: 'none' }, 'project')],
  agentHooks: [
    { agent: 'claude', title: 'Claude Code', isFound: true, state: 'installed' },
    { agent: 'codex', title: 'Codex', isFound: false, state: 'missing' },
  ],
  launcher: {
    file: '/state/bin/soft-landing-hook',
    state: 'present',
    isExecutable: true,
    hook: '/ext/hook.cjs',
    hookExists: true,
    runtime: '/usr/bin/node',
  },
  hookRuns: { lastRunAt: now - 10 * minute, lastFailure: null },
  git: { path: '/usr/bin/git', version: '2.51.0', isRecentEnough: true, needed: '2.38' },
  repository: {
    dir: '/repo',
    checkpoints: [{ place: '/repo/.git', count: 3, newestAt: now - 10 * minute, broken: [], leftovers: [] }],
    why: null,
  },
};

/** What is said beyond what a healthy machine is told. */
function news(changes: Partial<DoctorFacts>): readonly (readonly [string, string])[] {
  const usual = new Set(findingsOf(healthy, now).map((each) => JSON.stringify(each)));
  return findingsOf({ ...healthy, ...changes }, now)
    .filter((each) => !usual.has(JSON.stringify(each)))
    .map(({ level, title }) => [level, title]);
}

describe('the findings of the doctor', () => {
  it('are all ok where everything works', () => {
    assert.deepEqual(
      findingsOf(healthy, now).map(({ area, level, title, detail, fix }) => [area, level, title, detail, fix]),
      [
        ['agents', 'ok', 'claude: /home/u/.claude/projects', '2 files (1.5 kB), 3 rows, newest row 5 min ago.', null],
        [
          'readings',
          'ok',
          'claude five_hour: 42 % used',
          'From a test of /home/u/.claude, 1 min ago; resets in 1 h.',
          null,
        ],
        [
          'meter',
          'ok',
          'Usage history',
          '/state/usage/responses.bin: 7.3 kB, 100 responses, the oldest 90 days ago.',
          null,
        ],
        [
          'meter',
          'ok',
          'Published limits',
          '/state/limits.json, 2 min ago: 3 windows, 2 of them counted on by hooks between readings.',
          null,
        ],
        [
          'meter',
          'ok',
          'Reserve 25 %, budgets tokensPerDay, 1 price of your own',
          'As the editor published them, or else the defaults.',
          null,
        ],
        [
          'meter',
          'ok',
          "Claude Code's statusline",
          'It tells the gauge by /home/u/.claude/settings.json, then your own statusline runs. It told something 1 min ago.',
          null,
        ],
        ['state', 'ok', 'State folder: /state', '18.2 MB, 1.0 TB free.', null],
        ['hooks', 'ok', "Claude Code's hooks are installed (user)", '/home/u/.claude/settings.json.', null],
        ['hooks', 'ok', 'The launcher starts what is there', '/ext/hook.cjs, with /usr/bin/node.', null],
        ['hooks', 'ok', 'A hook ran 10 min ago', 'No failure is in the log.', null],
        ['git', 'ok', 'git 2.51.0', '/usr/bin/git.', null],
        ['checkpoints', 'ok', '3 checkpoints of /repo', 'In /repo/.git, the newest made 10 min ago.', null],
      ],
    );
  });

  it('have a fix for every problem', () => {
    const launcher = healthy.launcher;
    const bad: readonly Partial<DoctorFacts>[] = [
      { sources: [{ ...source, state: 'unreadable' }] },
      { sources: [{ ...source, problem: 'needs Node 22.5 or later' }] },
      { sources: [{ ...source, skipped: [{ reason: 'no permission', count: 1, example: '/x' }] }] },
      { stateFolder: { ...healthy.stateFolder, state: 'not-a-folder' } },
      { stateFolder: { ...healthy.stateFolder, isWritable: false } },
      { stateFolder: { ...healthy.stateFolder, freeBytes: 5e6 } },
      { settings: [settings({ kind: 'unreadable', why: 'Unexpected end' })] },
      { settings: [settings({ ...installed, isDisabled: true })] },
      { settings: [settings({ ...installed, launchers: ['/other/bin/soft-landing-hook'] })] },
      { settings: [settings({ ...installed, missingEvents: ['Stop'] })] },
      { settings: [settings({ ...installed, untrustedEvents: ['PreToolUse'] })] },
      { launcher: { ...launcher, state: 'absent' } },
      { launcher: { ...launcher, state: 'not-ours' } },
      { launcher: { ...launcher, isExecutable: false } },
      { launcher: { ...launcher, hookExists: false } },
      { launcher: { ...launcher, runtime: null } },
      { hookRuns: { lastRunAt: now - 2 * minute, lastFailure: { at: now - minute, text: 'why' } } },
      { git: { ...healthy.git, path: null, version: null, isRecentEnough: false } },
      { git: { ...healthy.git, version: '2.30.0', isRecentEnough: false } },
      { repository: { ...healthy.repository, checkpoints: [checkpoints({ broken: ['refs/soft-landing/main/x/w'] })] } },
      {
        repository: {
          ...healthy.repository,
          checkpoints: [checkpoints({ leftovers: [{ file: '/repo/.git/index.lock', ageMs: 9e6, isInUse: false }] })],
        },
      },
    ];
    for (const changes of bad) {
      const problems = findingsOf({ ...healthy, ...changes }, now).filter(({ level }) => level === 'problem');
      assert.equal(problems.length, 1, JSON.stringify(changes));
      assert.ok((problems[0]?.fix ?? '').length > 10, JSON.stringify(problems));
    }
  });

  it('say that no agent was found once, and name a missing one where others are there', () => {
    const gone = { ...source, state: 'absent' } as const;
    assert.deepEqual(news({ sources: [gone, { ...gone, agent: 'codex' }] }), [
      ['note', 'No files of any agent were found'],
    ]);
    assert.deepEqual(news({ sources: [source, { ...gone, agent: 'codex' }] }), [['ok', 'codex: not used here']]);
  });

  it('count what was passed over, with an example', () => {
    const skipped = [
      { reason: 'broken rows', count: 1200, example: '/a.jsonl' },
      { reason: 'could not be read (EIO)', count: 1, example: '/b.jsonl' },
    ];
    const found = findingsOf({ ...healthy, sources: [{ ...source, skipped }] }, now)[0];
    assert.equal(found?.level, 'note');
    assert.match(
      found.detail,
      /Passed over: 1,200 broken rows, such as \/a\.jsonl; 1 could not be read \(EIO\), such as/,
    );
  });

  it('notice rows from the future', () => {
    assert.deepEqual(news({ sources: [{ ...source, newestAt: now + 86_400_000 }] }), [
      ['note', 'claude: /home/u/.claude/projects'],
    ]);
  });

  it('do not show a window that has reset', () => {
    const readings = healthy.readings.map((each) => ({ ...each, resetsAt: now - minute }));
    assert.deepEqual(news({ readings }), [['note', 'No limit is known']]);
  });

  it('let an earlier failure rest once a hook has worked again', () => {
    const hookRuns = { lastRunAt: now - minute, lastFailure: { at: now - 2 * minute, text: 'why' } };
    assert.deepEqual(news({ hookRuns }), [['ok', 'A hook ran 1 min ago']]);
  });

  it('ask nothing of the launcher where no hooks are installed', () => {
    const launcher = { ...healthy.launcher, state: 'absent' } as const;
    assert.deepEqual(news({ settings: [settings({ kind: 'none' })], launcher }), [['note', 'No hooks are installed']]);
  });

  it('leave work that goes on alone', () => {
    const leftovers = [{ file: '/repo/.git/soft-landing/lock', ageMs: 5, isInUse: true }];
    assert.deepEqual(news({ repository: { ...healthy.repository, checkpoints: [checkpoints({ leftovers })] } }), []);
  });
});

function checkpoints(changes: Partial<DoctorFacts['repository']['checkpoints'][number]>) {
  return { place: '/repo/.git', count: 3, newestAt: now - 10 * minute, broken: [], leftovers: [], ...changes };
}

describe('the hooks in settings', () => {
  const entry = { hooks: [{ type: 'command', command: '/s/bin/soft-landing-hook', args: ['claude'] }] };
  const other = { hooks: [{ type: 'command', command: 'echo' }] };
  const look = (json: unknown) => installedHooks(JSON.stringify(json));

  it('are found by their launcher, among those of others', () => {
    const hooks = {
      SessionStart: [other, entry],
      UserPromptSubmit: [entry],
      PreToolUse: [other],
      PostToolBatch: [entry],
      PreCompact: [entry],
      Stop: [entry],
      StopFailure: [other, entry],
      SessionEnd: [entry],
    };
    assert.deepEqual(look({ hooks, disableAllHooks: true }), {
      launchers: ['/s/bin/soft-landing-hook'],
      missingEvents: ['PreToolUse'],
      isDisabled: true,
    });
  });
  it('are none in settings without', () => {
    assert.deepEqual(look({ hooks: { Stop: [other] }, disableAllHooks: 'no' }), {
      launchers: [],
      missingEvents: [
        'SessionStart',
        'UserPromptSubmit',
        'PreToolUse',
        'PostToolBatch',
        'PreCompact',
        'Stop',
        'StopFailure',
        'SessionEnd',
      ],
      isDisabled: false,
    });
  });
  it('cannot be told where the file is broken', () => {
    assert.ok('problem' in installedHooks('{"hooks":'));
    assert.ok('problem' in look({ hooks: [] }));
  });
});

describe('findings of the usage meter', () => {
  const about = (meter: Partial<DoctorFacts['meter']>) =>
    findingsOf({ ...healthy, meter: { ...healthy.meter, ...meter } }, now).filter(({ area }) => area === 'meter');
  const worst = (meter: Partial<DoctorFacts['meter']>) => about(meter)[0] ?? assert.fail();
  const { store, limits } = healthy.meter;

  it('are all well where nothing was kept, published or installed yet', () => {
    const found = about({
      store: { ...store, state: 'missing' },
      limits: { ...limits, state: 'missing', at: null },
      tees: [],
      spool: { files: 0, newestAt: null },
    });
    assert.deepEqual(new Set(found.map(({ level }) => level)), new Set(['ok']));
    assert.ok(found.some(({ detail }) => detail.includes('install claude-statusline')));
  });
  it('name what a newer version wrote, and what cannot be read', () => {
    assert.match(worst({ store: { ...store, state: 'newer' } }).title, /newer version/);
    const unreadable = worst({ store: { ...store, state: 'unreadable', why: 'EACCES' } });
    assert.deepEqual([unreadable.level, unreadable.detail.includes('EACCES')], ['problem', true]);
    assert.equal(worst({ store: { ...store, damaged: 2 } }).title, 'The usage history is damaged in 2 places');
    assert.equal(worst({ limits: { ...limits, state: 'unusable', at: null } }).level, 'note');
    assert.equal(worst({ preferences: null }).level, 'note');
  });
  it('name a statusline whose launcher is gone, with the command that mends it', () => {
    const { level, fix } = worst({ tees: [{ ...tee, isThere: false }] });
    assert.equal(level, 'problem');
    assert.match(fix ?? '', /^soft-landing install claude-statusline/);
    assert.match(about({ tees: [{ ...tee, isAlone: true }] }).at(-1)?.detail ?? '', /settings\.json\. It told/);
  });
});
