import assert from 'node:assert/strict';
import {
  activeIndex,
  anchorShift,
  drawnRows,
  heightOf,
  keyTarget,
  rowAt,
  rowHeight,
  scrollToShow,
  shortRowHeight,
  topsOf,
  visibleRange,
} from '../../../src/webview/windowing.ts';

const place = (top: number, viewHeight = 440) => ({ top, viewHeight });
const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: `${from + index}` }));
const even = (count: number) => topsOf(count, () => 44);
const layout = (from: number, count: number) => ({ rows: rows(from, count), tops: even(count) });

describe('windowing', () => {
  it('knows where rows of different heights begin', () => {
    const tops = topsOf(4, (index) => (index === 0 ? 44 : 24));
    assert.deepEqual([...tops], [0, 44, 68, 92, 116]);
    assert.equal(heightOf(tops), 116);
    assert.deepEqual(
      [-5, 0, 43, 44, 91, 92, 500].map((y) => rowAt(tops, y)),
      [0, 0, 0, 1, 2, 3, 3],
    );
    assert.equal(
      rowAt(
        topsOf(0, () => 44),
        10,
      ),
      0,
    );
    assert.equal(heightOf(topsOf(0, () => 44)), 0);
  });

  it('draws what is in view and a little more', () => {
    assert.deepEqual(visibleRange(place(0), even(10_000)), { start: 0, end: 17 });
    assert.deepEqual(visibleRange(place(-44_000), even(10_000)), { start: 994, end: 1017 });
    assert.deepEqual(visibleRange(place(200), even(10_000)), { start: 0, end: 12 });
  });

  it('draws nothing of a list out of sight, and never beyond its ends', () => {
    assert.deepEqual(visibleRange(place(2000), even(100)), { start: 0, end: 0 });
    assert.deepEqual(visibleRange(place(-90_000), even(100)), { start: 100, end: 100 });
    assert.deepEqual(visibleRange(place(-4000), even(100)), { start: 84, end: 100 });
    assert.deepEqual(visibleRange(place(0), even(0)), { start: 0, end: 0 });
  });

  it('always draws the active row', () => {
    assert.deepEqual(drawnRows({ start: 3, end: 6 }, 100, 4), [3, 4, 5]);
    assert.deepEqual(drawnRows({ start: 3, end: 6 }, 100, 1), [1, 3, 4, 5]);
    assert.deepEqual(drawnRows({ start: 3, end: 6 }, 100, 99), [3, 4, 5, 99]);
    assert.deepEqual(drawnRows({ start: 0, end: 24 }, 2, 0), [0, 1]);
    assert.deepEqual(drawnRows({ start: 0, end: 24 }, 0, -1), []);
  });

  it('scrolls just enough to show a row below the sticky header', () => {
    assert.equal(scrollToShow(place(100), even(100), 2, 32), 0);
    assert.equal(scrollToShow(place(-440), even(100), 9, 32), -76);
    assert.equal(scrollToShow(place(0), even(100), 12, 32), 132);
    assert.equal(scrollToShow(place(0, 60), even(100), 5, 32), 188);
  });

  it('holds the first visible row when rows come or go above it', () => {
    assert.equal(anchorShift(layout(10, 90), layout(0, 100), place(-880)), 440);
    assert.equal(anchorShift(layout(0, 100), layout(10, 90), place(-880)), -440);
    assert.equal(anchorShift(layout(10, 90), layout(0, 100), place(0)), 0);
    assert.equal(anchorShift(layout(0, 100), layout(0, 100), place(-880)), 0);
    assert.equal(anchorShift(layout(0, 100), layout(500, 10), place(-880)), 0);
    assert.equal(anchorShift(layout(0, 0), layout(0, 10), place(-880)), 0);
    // wholly scrolled past: its last row is the anchor
    assert.equal(anchorShift(layout(1, 4), layout(0, 5), place(-9000)), 44);
    // a row above it becomes higher
    const higher = { rows: rows(0, 100), tops: topsOf(100, (index) => (index === 0 ? 100 : 44)) };
    assert.equal(anchorShift(layout(0, 100), higher, place(-880)), 56);
  });

  it('finds the active row, or the one that took its place', () => {
    assert.equal(activeIndex(rows(0, 5), null, 3), 0);
    assert.equal(activeIndex(rows(0, 5), '2', 0), 2);
    assert.equal(activeIndex(rows(0, 5), 'gone', 3), 3);
    assert.equal(activeIndex(rows(0, 5), 'gone', 9), 4);
    assert.equal(activeIndex([], null, 0), -1);
  });

  it('follows the navigation keys and no others', () => {
    const to = (key: string, from: number): number | null => keyTarget(key, from, even(100), place(0), 32);
    assert.equal(to('ArrowDown', 5), 6);
    assert.equal(to('ArrowDown', 99), 99);
    assert.equal(to('ArrowUp', 0), 0);
    assert.equal(to('PageDown', 5), 13);
    assert.equal(to('PageDown', 99), 99);
    assert.equal(to('PageUp', 5), 0);
    assert.equal(to('PageUp', 50), 41);
    assert.equal(to('PageUp', 0), 0);
    assert.equal(to('Home', 50), 0);
    assert.equal(to('End', 50), 99);
    assert.equal(to('x', 5), null);
    assert.equal(keyTarget('End', -1, even(0), place(0), 32), null);
    // In a view as low as a row it still moves.
    assert.equal(keyTarget('PageDown', 5, even(100), place(0, 30), 32), 6);
    assert.equal(keyTarget('PageUp', 5, even(100), place(0, 30), 32), 4);
  });

  it('makes rows as high as their lines', () => {
    assert.deepEqual([11, 13, 26].map(rowHeight), [44, 44, 80]);
    assert.deepEqual([11, 13, 26].map(shortRowHeight), [24, 24, 44]);
  });
});
