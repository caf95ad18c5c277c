import assert from 'node:assert/strict';
import {
  activeIndex,
  anchorShift,
  drawnRows,
  keyTarget,
  rowHeight,
  scrollToShow,
  visibleRange,
} from '../../../src/webview/windowing.ts';

const place = (top: number, viewHeight = 440) => ({ top, viewHeight, rowHeight: 44 });
const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: `${from + index}` }));

describe('windowing', () => {
  it('draws what is in view and a little more', () => {
    assert.deepEqual(visibleRange(place(0), 10_000), { start: 0, end: 16 });
    assert.deepEqual(visibleRange(place(-44_000), 10_000), { start: 994, end: 1016 });
    assert.deepEqual(visibleRange(place(200), 10_000), { start: 0, end: 12 });
  });

  it('draws nothing of a list out of sight, and never beyond its ends', () => {
    assert.deepEqual(visibleRange(place(2000), 100), { start: 0, end: 0 });
    assert.deepEqual(visibleRange(place(-90_000), 100), { start: 100, end: 100 });
    assert.deepEqual(visibleRange(place(-4000), 100), { start: 84, end: 100 });
    assert.deepEqual(visibleRange(place(0), 0), { start: 0, end: 0 });
  });

  it('always draws the active row', () => {
    assert.deepEqual(drawnRows({ start: 3, end: 6 }, 100, 4), [3, 4, 5]);
    assert.deepEqual(drawnRows({ start: 3, end: 6 }, 100, 1), [1, 3, 4, 5]);
    assert.deepEqual(drawnRows({ start: 3, end: 6 }, 100, 99), [3, 4, 5, 99]);
    assert.deepEqual(drawnRows({ start: 0, end: 24 }, 2, 0), [0, 1]);
    assert.deepEqual(drawnRows({ start: 0, end: 24 }, 0, -1), []);
  });

  it('scrolls just enough to show a row below the sticky header', () => {
    assert.equal(scrollToShow(place(100), 2, 32), 0);
    assert.equal(scrollToShow(place(-440), 9, 32), -76);
    assert.equal(scrollToShow(place(0), 12, 32), 132);
    assert.equal(scrollToShow(place(0, 60), 5, 32), 188);
  });

  it('holds the first visible row when rows come or go above it', () => {
    assert.equal(anchorShift(rows(10, 90), rows(0, 100), place(-880)), 440);
    assert.equal(anchorShift(rows(0, 100), rows(10, 90), place(-880)), -440);
    assert.equal(anchorShift(rows(10, 90), rows(0, 100), place(0)), 0);
    assert.equal(anchorShift(rows(0, 100), rows(0, 100), place(-880)), 0);
    assert.equal(anchorShift(rows(0, 100), rows(500, 10), place(-880)), 0);
    assert.equal(anchorShift([], rows(0, 10), place(-880)), 0);
    // wholly scrolled past: its last row is the anchor
    assert.equal(anchorShift(rows(1, 4), rows(0, 5), place(-9000)), 44);
  });

  it('finds the active row, or the one that took its place', () => {
    assert.equal(activeIndex(rows(0, 5), null, 3), 0);
    assert.equal(activeIndex(rows(0, 5), '2', 0), 2);
    assert.equal(activeIndex(rows(0, 5), 'gone', 3), 3);
    assert.equal(activeIndex(rows(0, 5), 'gone', 9), 4);
    assert.equal(activeIndex([], null, 0), -1);
  });

  it('follows the navigation keys and no others', () => {
    const to = (key: string, from: number): number | null => keyTarget(key, from, 100, place(0), 32);
    assert.equal(to('ArrowDown', 5), 6);
    assert.equal(to('ArrowUp', 0), 0);
    assert.equal(to('PageDown', 5), 13);
    assert.equal(to('PageUp', 5), 0);
    assert.equal(to('Home', 50), 0);
    assert.equal(to('End', 50), 99);
    assert.equal(to('x', 5), null);
    assert.equal(keyTarget('End', -1, 0, place(0), 32), null);
  });

  it('makes rows as high as their two lines', () => {
    assert.equal(rowHeight(13), 44);
    assert.equal(rowHeight(11), 44);
    assert.equal(rowHeight(26), 80);
  });
});
