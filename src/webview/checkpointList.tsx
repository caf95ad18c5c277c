import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import type { FolderView } from '../protocol/panel.ts';
import { CheckpointRow } from './checkpointRow.tsx';
import { RowAction } from './rowAction.tsx';
import { strings } from './strings.ts';
import {
  activeIndex,
  anchorShift,
  drawnRows,
  keyTarget,
  type Place,
  type Range,
  rowHeight,
  scrollToShow,
  visibleRange,
} from './windowing.ts';

interface CheckpointListProps {
  readonly folder: FolderView;
  /** distinguishes the element ids of several folders' lists */
  readonly listId: string;
  readonly name: string;
  readonly now: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly header: RefObject<HTMLElement | null>;
  readonly active: string | null;
  /** the checkpoint whose reset runs */
  readonly resetting: string | null;
  readonly onActive: (id: string) => void;
  readonly onReset: (id: string) => void;
  readonly onCreate: () => void;
}

/** What the first paint draws, before anything could be measured: a tall side bar's worth. */
const firstPaint: Range = { start: 0, end: 24 };

/**
 * The checkpoints of one folder. Only the rows in view are in the DOM; the page scrolls, not the list, so that the panel works
 * in any height and several folders follow one another.
 */
export function CheckpointList(props: CheckpointListProps) {
  const { folder, listId, scroller, header } = props;
  const rows = folder.checkpoints;
  const list = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState(firstPaint);
  const [height] = useState(() => rowHeight(parseFloat(getComputedStyle(document.body).fontSize)));
  const drawn = useRef<readonly CheckpointSummary[]>(rows);
  const lastIndex = useRef(0);
  const pointer = useRef<number | null>(null);
  const [hovered, setHovered] = useState(-1);

  const active = activeIndex(rows, props.active, lastIndex.current);
  lastIndex.current = active;
  const activeRow = rows[active];

  const place = (): Place => {
    const view = scroller.current?.getBoundingClientRect();
    const top = list.current?.getBoundingClientRect().top ?? 0;
    return { top: top - (view?.top ?? 0), viewHeight: view?.height ?? 0, rowHeight: height };
  };
  const measure = (): void => {
    const here = place();
    // The rows move under a resting pointer too.
    setHovered(pointer.current === null ? -1 : Math.floor((pointer.current - here.top) / height));
    const next = visibleRange(here, drawn.current.length);
    setRange((range) => (range.start === next.start && range.end === next.end ? range : next));
  };

  // After every drawing: anything above the list may have changed its height.
  useLayoutEffect(() => {
    const before = drawn.current;
    drawn.current = rows;
    const shift = anchorShift(before, rows, place());
    if (shift !== 0) scroller.current?.scrollBy(0, shift);
    measure();
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
  const showRow = (index: number): void => {
    const sticky = header.current?.offsetHeight ?? 0;
    scroller.current?.scrollBy(0, scrollToShow(place(), index, sticky));
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const sticky = header.current?.offsetHeight ?? 0;
    const target = keyTarget(event.key, active, rows.length, place(), sticky);
    const row = target === null ? undefined : rows[target];
    if (target !== null && row !== undefined) {
      props.onActive(row.id);
      showRow(target);
    } else if ((event.key === 'Enter' || event.key.toLowerCase() === 'r') && activeRow !== undefined) {
      props.onReset(activeRow.id);
    } else if (event.key.toLowerCase() === 'c') {
      props.onCreate();
    } else {
      return;
    }
    event.preventDefault();
  };

  /** From the keyboard it comes to the list, which has the focus, but it is the active row's menu that is wanted, and there. */
  const onContextMenu = (event: MouseEvent): void => {
    const row = activeRow && document.getElementById(elementId(activeRow));
    if (event.target !== event.currentTarget || !row) return;
    event.preventDefault();
    event.stopPropagation();
    const { left, bottom } = row.getBoundingClientRect();
    row.dispatchEvent(
      new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: left + 36, clientY: bottom - 4 }),
    );
  };

  const elementId = (row: CheckpointSummary): string => `${listId}-${row.id}`;
  const resetting = rows.findIndex((row) => row.id === props.resetting);
  // Until a row was chosen the newest offers its button, so that there is one to see; it steps back for the row pointed at.
  const acting = new Set([props.active === null && hovered >= 0 ? hovered : active, hovered, resetting]);
  return (
    <div
      class="list-frame"
      style={{ '--row-height': `${height}px`, height: `${rows.length * height}px` }}
      onPointerMove={point}
      onPointerLeave={unpoint}
    >
      <div
        ref={list}
        id={listId}
        class={`list ${props.active === null ? '' : 'chosen'}`}
        role="listbox"
        tabIndex={0}
        aria-label={props.name}
        aria-description={strings.keys}
        aria-activedescendant={activeRow === undefined ? undefined : elementId(activeRow)}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
        onFocus={(event) => {
          // The browser brings the top of the list into view; who comes by keyboard wants the row.
          if (!event.currentTarget.matches(':focus-visible') || activeRow === undefined) return;
          props.onActive(activeRow.id);
          showRow(active);
        }}
      >
        {drawnRows(range, rows.length, active).map((index) => {
          const row = rows[index];
          return (
            row !== undefined && (
              <CheckpointRow
                key={row.id}
                checkpoint={row}
                root={folder.root}
                elementId={elementId(row)}
                index={index}
                count={rows.length}
                active={index === active}
                hovered={index === hovered}
                action={!acting.has(index) ? null : index === resetting ? strings.resetting : strings.reset}
                now={props.now}
                currentBranch={folder.branch}
                onPick={props.onActive}
              />
            )
          );
        })}
      </div>
      {[...acting].map((index) => {
        const row = rows[index];
        return (
          row !== undefined && (
            <RowAction
              key={row.id}
              checkpoint={row}
              root={folder.root}
              index={index}
              running={index === resetting}
              disabled={folder.busy !== null}
              onReset={props.onReset}
            />
          )
        );
      })}
    </div>
  );
}
