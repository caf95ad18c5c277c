/** Rows [start, end) of a list. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a list stands in its scroller, in pixels: `top` is relative to the scroller's upper edge, negative once scrolled past. */
export interface Place {
  readonly top: number;
  readonly viewHeight: number;
}

/** Where each row begins, in pixels from the list's top; and, one more, where the list ends. */
export type Tops = Float64Array;

/** Pixels kept beyond what is visible, so that a fast wheel does not show bare ground before the next frame. */
const overscan = 264;

export function topsOf(count: number, heightOf: (index: number) => number): Tops {
  const tops = new Float64Array(count + 1);
  let top = 0;
  for (let index = 0; index < count; index++) {
    top += heightOf(index);
    tops[index + 1] = top;
  }
  return tops;
}

export function heightOf(tops: Tops): number {
  return tops[tops.length - 1] ?? 0;
}

const countOf = (tops: Tops): number => tops.length - 1;

/** The row at a height: the last one that begins at or above it; 0 above all, the last one below all. */
export function rowAt(tops: Tops, y: number): number {
  let [low, high] = [0, Math.max(0, countOf(tops) - 1)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function visibleRange(place: Place, tops: Tops): Range {
  const [first, last] = [-place.top - overscan, place.viewHeight - place.top + overscan];
  const count = countOf(tops);
  if (count === 0 || last < 0) return { start: 0, end: 0 };
  if (first >= heightOf(tops)) return { start: count, end: count };
  return { start: rowAt(tops, first), end: rowAt(tops, last) + 1 };
}

/** The indices to draw: the range, and the active row wherever it is, because assistive technology must find it by its id. */
export function drawnRows(range: Range, count: number, active: number): readonly number[] {
  const end = Math.min(range.end, count);
  const rows: number[] = [];
  for (let index = range.start; index < end; index++) rows.push(index);
  if (active >= 0 && active < count) {
    if (active < range.start) rows.unshift(active);
    else if (active >= end) rows.push(active);
  }
  return rows;
}

/** How far to scroll so that a row is wholly visible below the sticky header; 0 when it already is. */
export function scrollToShow(place: Place, tops: Tops, index: number, stickyHeight: number): number {
  const top = place.top + (tops[index] ?? 0);
  if (top < stickyHeight) return top - stickyHeight;
  const below = place.top + (tops[index + 1] ?? 0) - place.viewHeight;
  // A view lower than one row cannot show it whole: then its top wins.
  return below > 0 ? Math.min(below, top - stickyHeight) : 0;
}

interface Identified {
  readonly id: string;
}

interface Layout {
  readonly rows: readonly Identified[];
  readonly tops: Tops;
}

/**
 * How far to scroll after rows came or went above the first visible one, so that what is being read stays where it is.
 * While the top of the list is in view nothing is held: a new checkpoint should then be seen arriving.
 */
export function anchorShift(before: Layout, after: Layout, place: Place): number {
  if (place.top >= 0 || before.rows === after.rows) return 0;
  const first = rowAt(before.tops, -place.top);
  const anchor = before.rows[first];
  if (anchor === undefined) return 0;
  const index = after.rows[first]?.id === anchor.id ? first : after.rows.findIndex((row) => row.id === anchor.id);
  return index < 0 ? 0 : (after.tops[index] ?? 0) - (before.tops[first] ?? 0);
}

/** The row that carries the focus: the remembered one, or when it is gone the one now in its place. -1 in an empty list. */
export function activeIndex(rows: readonly Identified[], id: string | null, lastIndex: number): number {
  const index = id === null ? -1 : rows.findIndex((row) => row.id === id);
  if (index >= 0) return index;
  return Math.min(id === null ? 0 : Math.max(lastIndex, 0), rows.length - 1);
}

/** Where a navigation key leads from `index`; null for any other key. */
export function keyTarget(key: string, index: number, tops: Tops, place: Place, stickyHeight: number): number | null {
  const count = countOf(tops);
  if (count === 0) return null;
  const page = Math.max(0, place.viewHeight - stickyHeight);
  const top = tops[index] ?? 0;
  switch (key) {
    case 'ArrowUp':
      return Math.max(0, index - 1);
    case 'ArrowDown':
      return Math.min(count - 1, index + 1);
    case 'PageUp':
      return Math.min(Math.max(0, index - 1), rowAt(tops, Math.max(0, top - page)) + (top > page ? 1 : 0));
    case 'PageDown':
      return Math.min(count - 1, Math.max(index + 1, rowAt(tops, top + page) - 1));
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

const onGrid = (pixels: number): number => Math.ceil(pixels / 4 - 0.01) * 4;

/**
 * The heights of a two-line and of a one-line row for a font size: 44 and 24 px at the workbench's 13 px, on the 4 px grid.
 * The proportion is the stylesheet's line height.
 */
export function rowHeight(fontSize: number): number {
  return Math.max(44, onGrid(fontSize * (18 / 13) * 2 + 8));
}

export function shortRowHeight(fontSize: number): number {
  return Math.max(24, onGrid(fontSize * (18 / 13) + 6));
}
