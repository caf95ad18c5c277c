import assert from 'node:assert/strict';
import type { CheckpointSummary } from '../../../src/protocol/checkpoint.ts';
import type { GaugeState, WindowState } from '../../../src/protocol/gauge.ts';
import type { FolderView, PanelSnapshot } from '../../../src/protocol/panel.ts';
import { newsBetween } from '../../../src/webview/news.ts';
import { createNumberWords } from '../../../src/webview/numberWords.ts';
import { parseSavedState } from '../../../src/webview/savedState.ts';
import { newerSnapshot } from '../../../src/webview/snapshot.ts';
import { windowLevel } from '../../../src/webview/windowLevel.ts';

const number = createNumberWords('en-GB');

function checkpoint(minute: number, kind: CheckpointSummary['kind'] = 'tool', changedFiles = 3): CheckpointSummary {
  return {
    id: `c${minute}`,
    ref: `refs/soft-landing/c${minute}`,
    tree: '',
    label: 'Fix it',
    kind,
    createdAt: new Date(minute * 60_000).toISOString(),
    agent: null,
    session: null,
    tool: null,
    branch: null,
    head: null,
    pinned: false,
    verified: null,
    changedFiles,
    skipped: [],
  };
}

function snapshot(
  checkpoints: readonly CheckpointSummary[],
  fields: Partial<FolderView> = {},
  revision = 1,
): PanelSnapshot {
  const folder: FolderView = {
    root: '/a',
    name: 'a',
    problem: null,
    detail: '',
    branch: null,
    checkpoints,
    undoable: null,
    hooksInstalled: true,
    busy: null,
    ...fields,
  };
  const gauge: GaugeState = { level: 'unknown', windows: [], session: null, progress: null };
  return { type: 'snapshot', revision, loaded: true, now: 0, gauge, folders: [folder] };
}

describe('news', () => {
  const before = snapshot([checkpoint(2), checkpoint(1)]);

  it('tells of one new checkpoint with its files, of several by their number', () => {
    const one = snapshot([checkpoint(3, 'tool', 1), ...(before.folders[0]?.checkpoints ?? [])]);
    assert.equal(newsBetween(before, one, number), 'Checkpoint created, 1 file changed');
    const two = snapshot([checkpoint(4), ...(one.folders[0]?.checkpoints ?? [])]);
    assert.equal(newsBetween(before, two, number), '2 checkpoints created');
    assert.equal(newsBetween(snapshot([]), one, number), '3 checkpoints created');
  });

  it('is silent about the first picture, about what went away, and about nothing', () => {
    assert.equal(newsBetween(null, before, number), null);
    assert.equal(newsBetween({ ...snapshot([]), loaded: false }, before, number), null);
    assert.equal(newsBetween(before, snapshot([checkpoint(1)]), number), null);
    assert.equal(newsBetween(before, before, number), null);
  });

  it('tells of a reset instead of its safety checkpoint', () => {
    const after = snapshot([checkpoint(3, 'safety'), checkpoint(2), checkpoint(1)]);
    assert.equal(newsBetween(before, after, number), null);
    const reset = snapshot(after.folders[0]?.checkpoints ?? [], { undoable: 'Fix it' });
    assert.equal(newsBetween(before, reset, number), 'Reset to “Fix it” done. Undo Reset takes it back.');
  });
});

describe('newerSnapshot', () => {
  it('takes newer pictures, drops older ones and whatever is none', () => {
    const second = snapshot([], {}, 2);
    assert.equal(newerSnapshot(null, second), second);
    assert.equal(newerSnapshot(second, snapshot([], {}, 1)), second);
    for (const other of [null, 'snapshot', { type: 'snapshot' }, { type: 'other', revision: 9 }]) {
      assert.equal(newerSnapshot(second, other), second);
    }
  });
});

describe('saved state', () => {
  it('keeps what it knows and forgets the rest', () => {
    const state = { scroll: 12, active: { '/a': 'c1' }, collapsed: ['/b'] };
    assert.deepEqual(parseSavedState(state), state);
    const empty = { scroll: 0, active: {}, collapsed: [] };
    for (const value of [undefined, null, 7, [], { scroll: -1, active: { '/a': 1 }, collapsed: [2] }]) {
      assert.deepEqual(parseSavedState(value), empty);
    }
  });
});

describe('window level', () => {
  const window = (usedPercent: number): WindowState => ({
    id: `${usedPercent}`,
    agent: 'claude',
    account: '',
    label: '',
    usedPercent,
    reservePercent: 20,
    headroomPercent: 0,
    resetsAt: null,
    capturedAt: 0,
    source: '',
    confidence: 'official',
    errorPercent: null,
    pace: null,
  });

  it('is the state’s for the tightest window, and by the numbers for the others', () => {
    const [first, inside, out, full] = [window(75), window(80), window(79), window(100)];
    const gauge: GaugeState = { level: 'caution', windows: [first, inside, out, full], session: null, progress: null };
    assert.equal(windowLevel(gauge, first), 'caution');
    assert.equal(windowLevel(gauge, inside), 'landing');
    assert.equal(windowLevel(gauge, out), 'ok');
    assert.equal(windowLevel(gauge, full), 'exhausted');
  });
});
