/** Rows [start, end) of a list. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a list stands in its scroller, in pixels: `top` is relative to the scroller's upper edge, negative once scrolled past. */
export interface Place {
  readonly top: number;
  readonly viewHeight: number;
  readonly rowHeight: number;
}

/** Rows kept beyond the visible ones, so that a fast wheel does not show bare ground before the next frame. */
const overscan = 6;

export function visibleRange(place: Place, count: number): Range {
  const first = Math.floor(-place.top / place.rowHeight) - overscan;
  const last = Math.ceil((place.viewHeight - place.top) / place.rowHeight) + overscan;
  const start = Math.min(Math.max(first, 0), count);
  return { start, end: Math.min(Math.max(last, start), count) };
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
export function scrollToShow(place: Place, index: number, stickyHeight: number): number {
  const top = place.top + index * place.rowHeight;
  if (top < stickyHeight) return top - stickyHeight;
  const below = top + place.rowHeight - place.viewHeight;
  // A view lower than one row cannot show it whole: then its top wins.
  return below > 0 ? Math.min(below, top - stickyHeight) : 0;
}

interface Identified {
  readonly id: string;
}

/**
 * How far to scroll after rows came or went above the first visible one, so that what is being read stays where it is.
 * While the top of the list is in view nothing is held: a new checkpoint should then be seen arriving.
 */
export function anchorShift(before: readonly Identified[], after: readonly Identified[], place: Place): number {
  if (place.top >= 0 || before === after) return 0;
  const first = Math.min(Math.floor(-place.top / place.rowHeight), before.length - 1);
  const anchor = before[first];
  if (anchor === undefined || after[first]?.id === anchor.id) return 0;
  const index = after.findIndex((row) => row.id === anchor.id);
  return index < 0 ? 0 : (index - first) * place.rowHeight;
}

/** The row that carries the focus: the remembered one, or when it is gone the one now in its place. -1 in an empty list. */
export function activeIndex(rows: readonly Identified[], id: string | null, lastIndex: number): number {
  const index = id === null ? -1 : rows.findIndex((row) => row.id === id);
  if (index >= 0) return index;
  return Math.min(id === null ? 0 : Math.max(lastIndex, 0), rows.length - 1);
}

/** Where a navigation key leads from `index`; null for any other key. */
export function keyTarget(
  key: string,
  index: number,
  count: number,
  place: Place,
  stickyHeight: number,
): number | null {
  const page = Math.max(1, Math.floor((place.viewHeight - stickyHeight) / place.rowHeight) - 1);
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: -page,
    PageDown: page,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  return step === undefined || count === 0 ? null : Math.min(Math.max(index + step, 0), count - 1);
}

/**
 * The height of a two-line row for a font size: 44 px at the workbench's 13 px, on the 4 px grid.
 * The proportion is the stylesheet's line height.
 */
export function rowHeight(fontSize: number): number {
  return Math.max(44, Math.ceil((fontSize * (18 / 13) * 2 + 8) / 4 - 0.01) * 4);
}
