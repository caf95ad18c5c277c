import type { CheckpointKind, CheckpointSummary } from '../../../src/protocol/checkpoint.ts';
import type { AgentSessionView } from '../../../src/protocol/agentSession.ts';
import type { PlanView } from '../../../src/protocol/chunkView.ts';
import type { DayUse } from '../../../src/protocol/dayUse.ts';
import type { GaugeState, WindowState } from '../../../src/protocol/gauge.ts';
import type { InterruptionView } from '../../../src/protocol/interruption.ts';
import type { FolderView, PanelSnapshot } from '../../../src/protocol/panel.ts';
import type { SessionUsage } from '../../../src/protocol/usage.ts';

/** The host's clock in every snapshot, so that pictures do not change with the day. */
export const now = Date.parse('2026-03-12T14:10:00Z');
const minute = 60_000;

let revision = 0;

export function checkpoint(index: number, fields: Partial<CheckpointSummary> = {}): CheckpointSummary {
  return {
    id: `20260312-${String(index).padStart(5, '0')}`,
    ref: `refs/soft-landing/checkpoints/${index}`,
    tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    label: 'Fix the failing login test and cover the expired session',
    kind: 'tool',
    createdAt: new Date(now - index * 2 * minute).toISOString(),
    agent: 'claude',
    session: 'session-1',
    prompt: null,
    tool: 'Edit src/app.ts',
    branch: 'main',
    head: 'a9dfb0d',
    pinned: false,
    verified: null,
    changedFiles: 3,
    skipped: [],
    ...fields,
  };
}

const kindsInTurn: readonly CheckpointKind[] = ['turn', 'tool', 'tool', 'tool', 'prompt'];
const toolsInTurn: readonly (string | null)[] = [
  null,
  'Bash npm test -- --grep "expired session"',
  'Edit src/auth/sessionStore.ts',
  'Write test/auth/expired.test.ts',
  null,
];

/** A believable morning: every kind, another branch, something skipped, a long label, a label of the user's own, turns of one and of many. */
export const typical: readonly CheckpointSummary[] = [
  checkpoint(0, { tool: 'Edit src/app.ts', changedFiles: 1, prompt: 4 }),
  checkpoint(1, { tool: 'Bash npm test', changedFiles: 3, prompt: 4, verified: 'red' }),
  checkpoint(2, { kind: 'prompt', tool: null, changedFiles: 0, prompt: 4 }),
  checkpoint(9, {
    kind: 'manual',
    tool: null,
    agent: null,
    label: 'Before trying the new router',
    changedFiles: 12,
    pinned: true,
  }),
  checkpoint(14, { kind: 'safety', tool: null, agent: null, label: 'Before reset', changedFiles: 4 }),
  checkpoint(21, {
    kind: 'turn',
    tool: null,
    label: 'Add rate limiting to the public API and document it in the README, then update the changelog',
    changedFiles: 1204,
    verified: 'green',
    prompt: 3,
    skipped: [
      { path: 'data/dump.sql', reason: 'larger than 50 MB', bytes: 120_000_000 },
      { path: 'assets/video.mp4', reason: 'larger than 50 MB', bytes: 80_000_000 },
    ],
  }),
  checkpoint(40, {
    tool: 'Write src/middleware/rateLimit.ts',
    label: 'Add rate limiting to the public API',
    branch: 'feature/rate-limit',
    session: 'session-0',
    prompt: 1,
  }),
  checkpoint(300, { kind: 'session', tool: null, agent: 'codex', label: 'Session start', changedFiles: 2 }),
  checkpoint(900, { kind: 'failed-restore', tool: null, agent: null, label: 'Reset that failed', changedFiles: 7 }),
  checkpoint(9000, { kind: 'manual', tool: null, agent: null, label: 'Release 1.4', changedFiles: 2 }),
];

/** Lone checkpoints: as many rows in the list. */
export function many(count: number): CheckpointSummary[] {
  return Array.from({ length: count }, (_, index) =>
    checkpoint(index, {
      kind: kindsInTurn[index % 5] ?? 'tool',
      tool: toolsInTurn[index % 5] ?? null,
      label: `Task ${count - index}: make the expired session test pass`,
      changedFiles: (index * 7) % 40,
    }),
  );
}

/** The same in turns of so many. */
export function inTurns(count: number, size: number): CheckpointSummary[] {
  return many(count).map((row, index) => {
    const prompt = Math.ceil((count - index) / size);
    return { ...row, prompt, label: `Prompt ${prompt}: make the expired session test pass` };
  });
}

export function folder(fields: Partial<FolderView> = {}): FolderView {
  return {
    root: '/home/ada/app',
    name: 'app',
    problem: null,
    detail: '',
    branch: 'main',
    checkpoints: typical,
    undoable: null,
    hooksInstalled: true,
    busy: null,
    ...fields,
  };
}

export const session: SessionUsage = {
  agent: 'claude',
  account: '/home/ada/.claude',
  sessionId: 'session-1',
  cwd: '/home/ada/app',
  model: 'claude-sonnet-4-5',
  firstAt: now - 70 * minute,
  lastAt: now - 2 * minute,
  responses: 41,
  tokens: { input: 12_310, output: 18_240, cacheWrite5m: 148_022, cacheWrite1h: 0, cacheRead: 2_415_020 },
  costUsd: 3.1,
  contextTokens: null,
  contextLimit: null,
};

export function window(fields: Partial<WindowState> = {}): WindowState {
  return {
    id: 'five-hour',
    agent: 'claude',
    account: '/home/ada/.claude',
    label: '5-hour window',
    usedPercent: 62,
    reservePercent: 20,
    headroomPercent: 18,
    resetsAt: now + 134 * minute,
    capturedAt: now - 2 * minute,
    source: 'status line',
    confidence: 'official',
    errorPercent: null,
    pace: null,
    ...fields,
  };
}

export const weekly = window({
  id: 'weekly',
  label: 'Weekly window',
  usedPercent: 31.4,
  headroomPercent: 48.6,
  resetsAt: now + 4 * 24 * 60 * minute,
  capturedAt: now - 47 * minute,
  confidence: 'derived',
});

export const gauge: GaugeState = { level: 'ok', windows: [window(), weekly], session, progress: null };

export const day: DayUse = {
  hours: [0, 0, 0, 12, 48, 91, 20, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 33, 120, 210, 96, 14, 180, 61].map((k) => k * 1000),
  from: now - (now % (60 * minute)) - 23 * 60 * minute,
  todayTokens: 714_000,
  todayUsd: 14.2,
  atLeast: false,
};

export const sessions: readonly AgentSessionView[] = [
  {
    agent: 'claude',
    sessionId: 'session-1',
    cwd: '/home/ada/app',
    repository: 'app',
    state: 'busy',
    newTokens: 178_572,
    contextPercent: 71.4,
    lastAt: now - minute / 2,
    told: 'advise',
  },
  {
    agent: 'codex',
    sessionId: 'session-7',
    cwd: '/home/ada/documentation-site-of-the-harbour',
    repository: 'documentation-site-of-the-harbour',
    state: 'waiting',
    newTokens: 23_100,
    contextPercent: null,
    lastAt: now - 4 * minute,
  },
  {
    agent: 'claude',
    sessionId: 'session-8',
    cwd: '/home/ada/notes',
    repository: 'notes',
    state: 'idle',
    newTokens: 900,
    contextPercent: 3,
    lastAt: now - 95 * minute,
  },
];

const chunk = (number: number, fields: Partial<PlanView['chunks'][number]>): PlanView['chunks'][number] => ({
  number,
  title: 'Write it',
  status: 'open',
  doneWhen: null,
  verify: null,
  budgetTokens: 40_000,
  costTokens: null,
  checkpoint: null,
  ...fields,
});

export const plan: PlanView = {
  title: 'Rate limiting for the public API',
  file: '/home/ada/app/.soft-landing/plan.md',
  chunks: [
    chunk(1, { title: 'Token bucket with tests', status: 'done', costTokens: 31_200 }),
    chunk(2, {
      title: 'Middleware on every public route',
      status: 'begun',
      costTokens: 12_800,
      doneWhen: 'all routes answer 429',
    }),
    chunk(3, { title: 'Headers and the README' }),
    chunk(4, { title: 'Dashboard', status: 'dropped', budgetTokens: null }),
  ],
  next: 2,
  busy: null,
  failure: null,
};

export const interruption: InterruptionView = {
  id: 'interruption-1',
  agent: 'claude',
  sessionId: 'session-1',
  at: now - 12 * minute,
  reason: 'usage-limit',
  message: 'You’ve hit your limit · resets 4:24pm (UTC)',
  resetsAt: now + 134 * minute,
  goOnFrom: now + 135 * minute,
  task: 'Add rate limiting to the public API and document it in the README',
  chunk: 'Middleware on every public route',
  filesChanged: 3,
  green: null,
  lastGreen: { id: '20260312-00021', label: 'Token bucket with tests' },
  checkpoint: '20260312-00000',
  goOnAt: null,
  continuesItself: false,
  folder: '/home/ada/.local/state/soft-landing/reports/interruption-1',
};

export function snapshot(fields: Partial<PanelSnapshot> = {}): PanelSnapshot {
  revision += 1;
  return { type: 'snapshot', revision, loaded: true, now, gauge, day, folders: [folder()], ...fields };
}
