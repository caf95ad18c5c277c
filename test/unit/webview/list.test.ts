import assert from 'node:assert/strict';
import type { CheckpointRowView, TurnView } from '../../../src/protocol/panelPicture.ts';
import { counted, fill, named } from '../../../src/webview/fill.ts';
import { isFiltering, matchingRows, noFilter } from '../../../src/webview/filter.ts';
import { listItems, spanOf, targetOf, type ListItem } from '../../../src/webview/listItems.ts';
import { listCommand } from '../../../src/webview/listKeys.ts';
import { barsPath, peakOf } from '../../../src/webview/sparkline.ts';

function row(id: string, fields: Partial<CheckpointRowView> = {}): CheckpointRowView {
  return {
    id,
    label: 'Fix the login',
    kind: 'tool',
    at: 0,
    agent: 'claude',
    tool: 'Edit src/login.ts',
    branch: 'main',
    head: 'a9dfb0d1',
    pinned: false,
    verified: null,
    changedFiles: 1,
    skipped: [],
    ...fields,
  };
}

const turn: TurnView = {
  key: 'claude s1 2',
  rows: [
    row('5', { tool: 'Bash npm test' }),
    row('4', { verified: 'green' }),
    row('3', { kind: 'prompt', tool: null }),
  ],
};
const alone: TurnView = { key: '2', rows: [row('2', { kind: 'manual', agent: null, tool: null, label: 'Mine' })] };
const older: TurnView = { key: '1', rows: [row('1', { agent: 'codex', branch: 'topic' })] };
const pages = [{ key: 1, turns: 3, rows: 5, body: [turn, alone, older] }];
const shape = (items: readonly ListItem[]) => items.map(({ kind, id }) => `${kind} ${id}`);

describe('the items of the list', () => {
  it('puts a prompt’s checkpoints below it when it is open', () => {
    const closed = listItems(pages, new Set(), noFilter);
    assert.deepEqual(shape(closed), ['turn turn claude s1 2', 'row 2', 'row 1']);
    const open = listItems(pages, new Set([turn.key]), noFilter);
    assert.deepEqual(shape(open), ['turn turn claude s1 2', 'row 5', 'row 4', 'row 3', 'row 2', 'row 1']);
    const [, , child, , lone] = open;
    assert(child?.kind === 'row' && lone?.kind === 'row');
    assert.deepEqual([child.parent, child.place, child.count], ['turn claude s1 2', 2, 3]);
    assert.deepEqual([lone.parent, lone.place, lone.count], [null, 1, 1]);
  });

  it('keeps the place of what has not come yet, unless it is filtered', () => {
    const lacking = [...pages, { key: 2, turns: 2, rows: 9, body: null }];
    assert.deepEqual(shape(listItems(lacking, new Set(), noFilter)).slice(3), ['pending 2 0', 'pending 2 1']);
    assert.equal(listItems(lacking, new Set(), { ...noFilter, kind: 'manual' }).length, 1);
  });

  it('shows of a prompt what matches, and still means the whole prompt', () => {
    const [item, ...more] = listItems(pages, new Set([turn.key]), { ...noFilter, text: 'npm' });
    assert(item?.kind === 'turn');
    assert.deepEqual(shape(more), ['row 5']);
    assert.equal(targetOf(item)?.id, '3');
    assert.deepEqual(spanOf([item, ...more], 0, true), ['3', '5']);
  });

  it('names the checkpoints between which an item’s work lies', () => {
    const items = listItems(pages, new Set([turn.key]), noFilter);
    const spans = items.map((_, index) => spanOf(items, index, false));
    assert.deepEqual(spans, [['3', '5'], null, ['4', '5'], ['3', '4'], ['2', '3'], ['1', '2']]);
    assert.equal(spanOf(items, 5, true), null, 'above it something may be left out');
    const below = listItems([{ key: 3, turns: 1, rows: 1, body: null }, ...pages], new Set(), noFilter);
    assert.equal(spanOf(below, 0, false), null);
  });
});

describe('the filter', () => {
  const found = (fields: Partial<typeof noFilter>) =>
    matchingRows(turn, { ...noFilter, ...fields }).map(({ id }) => id);

  it('wants every word, somewhere, whatever its case', () => {
    assert.deepEqual(found({ text: ' LOGIN  edit ' }), ['4']);
    assert.deepEqual(found({ text: 'a9df' }), ['5', '4', '3']);
    assert.deepEqual(found({ text: 'main npm' }), ['5']);
    assert.deepEqual(found({ text: 'absent' }), []);
  });

  it('goes by kind, agent and green', () => {
    assert.deepEqual(found({ kind: 'prompt' }), ['3']);
    assert.deepEqual(found({ agent: 'codex' }), []);
    assert.deepEqual(found({ green: true }), ['4']);
    assert.equal(isFiltering({ ...noFilter, text: '  ' }), false);
    assert.equal(isFiltering({ ...noFilter, green: true }), true);
  });
});

describe('the keys of the list', () => {
  const key = (name: string, more: Partial<Parameters<typeof listCommand>[0]> = {}) =>
    listCommand({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...more });

  it('are letters without modifiers, and what copies, finds and deletes everywhere', () => {
    assert.equal(key('R'), 'reset');
    assert.equal(key('F2'), 'rename');
    assert.equal(key('Delete'), 'delete');
    assert.equal(key('c'), 'create');
    assert.equal(key('c', { ctrlKey: true }), 'copyId');
    assert.equal(key('f', { metaKey: true }), 'filter');
    assert.equal(key('Backspace', { metaKey: true }), 'delete');
    assert.equal(key('Backspace'), null);
    assert.equal(key('r', { ctrlKey: true }), null);
    assert.equal(key('r', { altKey: true }), null);
    assert.equal(key('x'), null);
  });
});

describe('words and drawings', () => {
  it('fills values into texts', () => {
    assert.equal(fill('{1} of {0}, {2}', 'a', 'b'), 'b of a, {2}');
    assert.equal(fill('{0}', '{1}', 'x'), '{1}');
    assert.equal(counted(['{0} file', '{0} files'], 1, '1'), '1 file');
    assert.equal(counted(['{0} file', '{0} files'], 0, '0'), '0 files');
    assert.equal(named({ a: 'A' }, 'a') + named({ a: 'A' }, 'b'), 'Ab');
  });

  it('draws a bar for each hour of use, the highest as high as the drawing, and the least still seen', () => {
    assert.equal(barsPath([0, 0]), '');
    assert.equal(barsPath([100, 0, 1]), 'M1 28v-28h8v28zM21 28v-1h8v1z');
    assert.equal(peakOf([0, 3, 2]), 1);
    assert.equal(peakOf([0, 0]), null);
  });
});
