import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ListItem } from './listItems.ts';
import { anchorShift, rowAt, visibleRange, type Place, type Range, type Tops } from './windowing.ts';

/** What the first paint draws, before anything could be measured: a tall side bar's worth. */
const firstPaint: Range = { start: 0, end: 24 };

interface RowsInView {
  readonly range: Range;
  /** the row below the pointer; -1: it is elsewhere */
  readonly hovered: number;
  readonly place: () => Place;
  readonly point: (event: PointerEvent) => void;
  readonly unpoint: () => void;
}

/**
 * Which rows of a list its scroller shows, and which of them lies below the pointer. Keeps what is being read where it is when rows come
 * or go above.
 */
export function useRowsInView(
  items: readonly ListItem[],
  tops: Tops,
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
): RowsInView {
  const [range, setRange] = useState(firstPaint);
  const [hovered, setHovered] = useState(-1);
  const pointer = useRef<number | null>(null);
  const drawnLayout = useRef({ rows: items, tops });
  drawnLayout.current = { rows: items, tops };
  const before = useRef(drawnLayout.current);

  const place = (): Place => {
    const view = scroller.current?.getBoundingClientRect();
    const top = list.current?.getBoundingClientRect().top ?? 0;
    return { top: top - (view?.top ?? 0), viewHeight: view?.height ?? 0 };
  };
  const measure = (): void => {
    const after = drawnLayout.current;
    const shift = anchorShift(before.current, after, place());
    before.current = after;
    if (shift !== 0) scroller.current?.scrollBy(0, shift);
    const here = place();
    // The rows move under a resting pointer too.
    setHovered(pointer.current === null ? -1 : rowAt(before.current.tops, pointer.current - here.top));
    const next = visibleRange(here, before.current.tops);
    setRange((range) => (range.start === next.start && range.end === next.end ? range : next));
  };

  // After every drawing: anything above the list may have changed its height. In the frame that shows it, and before it is shown: the
  // browser lays out then anyway, and need not do so twice.
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(measure);
    return () => cancelAnimationFrame(frame);
  });

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  const point = (event: PointerEvent): void => {
    pointer.current = event.clientY;
    measure();
  };
  const unpoint = (): void => {
    pointer.current = null;
    setHovered(-1);
  };
  return { range, hovered, place, point, unpoint };
}
