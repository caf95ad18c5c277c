import assert from 'node:assert/strict';
import type { CheckpointSummary } from '../../../src/protocol/checkpoint.ts';
import type { GaugeState, WindowState } from '../../../src/protocol/gauge.ts';
import type { FolderView, PanelSnapshot } from '../../../src/protocol/panel.ts';
import { panelStrings } from '../../../src/protocol/panelStrings.ts';
import { Pictures } from '../../../src/vscode/panel/pictures.ts';
import { newsBetween } from '../../../src/webview/news.ts';
import { createNumberWords } from '../../../src/webview/numberWords.ts';
import { parseSavedState } from '../../../src/webview/savedState.ts';
import { PictureKeeper, type ShownPicture } from '../../../src/webview/picture.ts';
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
    prompt: null,
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

/** As it comes to be shown: made by the host, and kept by the panel. */
function shown(data: PanelSnapshot, pictures: Pictures): ShownPicture {
  const keeper = new PictureKeeper();
  keeper.take(pictures.picture(data));
  while (keeper.missing().length > 0) keeper.take(pictures.pages(keeper.missing()));
  assert(keeper.picture !== null);
  return keeper.picture;
}

describe('news', () => {
  const told = (before: PanelSnapshot | null, after: PanelSnapshot): string | null => {
    const pictures = new Pictures();
    const first = before && shown(before, pictures);
    return newsBetween(
      first,
      shown(after, pictures),
      number,
      panelStrings((text) => text),
    );
  };
  const before = snapshot([checkpoint(2), checkpoint(1)]);

  it('tells of one new checkpoint with its files, of several by their number', () => {
    const one = snapshot([checkpoint(3, 'tool', 1), ...(before.folders[0]?.checkpoints ?? [])]);
    assert.equal(told(before, one), 'Checkpoint created, 1 file changed');
    const two = snapshot([checkpoint(4), ...(one.folders[0]?.checkpoints ?? [])]);
    assert.equal(told(before, two), '2 checkpoints created');
    assert.equal(told(snapshot([]), one), '3 checkpoints created');
  });

  it('is silent about the first picture, about what went away, and about nothing', () => {
    assert.equal(told(null, before), null);
    assert.equal(told({ ...snapshot([]), loaded: false }, before), null);
    assert.equal(told(before, snapshot([checkpoint(1)])), null);
    assert.equal(told(before, before), null);
  });

  it('tells of a reset instead of its safety checkpoint', () => {
    const after = snapshot([checkpoint(3, 'safety'), checkpoint(2), checkpoint(1)]);
    assert.equal(told(before, after), null);
    const reset = snapshot(after.folders[0]?.checkpoints ?? [], { undoable: 'Fix it' });
    assert.equal(told(before, reset), 'Reset to “Fix it” done. Undo Reset takes it back.');
  });
});

describe('the keeper of pictures', () => {
  const ids = ({ picture }: PictureKeeper): readonly string[] =>
    picture?.folders
      .flatMap(({ pages }) => pages.flatMap(({ body }) => body?.flatMap(({ rows }) => rows) ?? []))
      .map(({ id }) => id) ?? [];
  const many = (newest: number): CheckpointSummary[] =>
    Array.from({ length: newest }, (_, index) => checkpoint(newest - index));

  it('takes newer pictures, drops older ones and whatever is none', () => {
    const [pictures, keeper] = [new Pictures(), new PictureKeeper()];
    assert.equal(keeper.take(pictures.picture(snapshot([checkpoint(1)], {}, 2))), true);
    for (const other of [null, 'snapshot', { type: 'snapshot' }, { type: 'other', revision: 9 }, { type: 'pages' }]) {
      assert.equal(keeper.take(other), false);
    }
    assert.equal(keeper.take(pictures.picture(snapshot([], {}, 1))), false);
    assert.deepEqual(ids(keeper), ['c1']);
  });

  it('asks for what it lacks until it has all, and after a change for nothing it has', () => {
    const [pictures, keeper] = [new Pictures(), new PictureKeeper()];
    keeper.take(pictures.picture(snapshot(many(5000), {}, 1)));
    assert.ok(ids(keeper).length >= 48 && ids(keeper).length < 1000, 'the newest come along');
    let asked = 0;
    for (let keys = keeper.missing(); keys.length > 0; keys = keeper.missing()) {
      asked += keys.length;
      keeper.take(pictures.pages(keys));
    }
    assert.ok(asked > 20);
    assert.deepEqual(
      ids(keeper),
      many(5000).map(({ id }) => id),
    );
    // One comes, the oldest hundred go.
    keeper.take(pictures.picture(snapshot(many(5001).slice(0, -100), {}, 2)));
    assert.ok(keeper.missing().length <= 1, `${keeper.missing().length} pages`);
    assert.equal(ids(keeper)[0], 'c5001');
  });

  it('lets a list that has not changed be the same, and drops an answer that comes too late', () => {
    const [pictures, keeper] = [new Pictures(), new PictureKeeper()];
    const first = pictures.picture(snapshot(many(300), {}, 1));
    keeper.take(first);
    const before = keeper.picture?.folders[0]?.pages;
    keeper.take(pictures.picture(snapshot(many(300), {}, 2)));
    assert.equal(keeper.picture?.folders[0]?.pages, before);
    const late = pictures.pages(keeper.missing());
    keeper.take(pictures.picture(snapshot([], {}, 3)));
    keeper.take(late);
    assert.deepEqual(ids(keeper), []);
    assert.deepEqual(keeper.missing(), []);
  });

  it('shows what was renamed, pinned or verified', () => {
    const [pictures, keeper] = [new Pictures(), new PictureKeeper()];
    keeper.take(pictures.picture(snapshot([checkpoint(2), checkpoint(1)], {}, 1)));
    keeper.take(pictures.picture(snapshot([checkpoint(2), { ...checkpoint(1), verified: 'green' }], {}, 2)));
    const rows = keeper.picture?.folders[0]?.pages.flatMap(({ body }) => body?.flatMap((turn) => turn.rows) ?? []);
    assert.equal(rows?.[1]?.verified, 'green');
  });
});

describe('saved state', () => {
  it('keeps what it knows and forgets the rest', () => {
    const state = {
      scroll: 12,
      active: { '/a': 'c1' },
      collapsed: ['/b'],
      open: ['claude s1 2'],
      filters: { '/a': { text: 'x', kind: '', agent: 'codex', green: true } },
    };
    assert.deepEqual(parseSavedState(state), state);
    const empty = { scroll: 0, active: {}, collapsed: [], open: [], filters: {} };
    for (const value of [
      undefined,
      null,
      7,
      [],
      { scroll: -1, active: { '/a': 1 }, collapsed: [2], open: 'x', filters: { '/a': 3 } },
    ]) {
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
