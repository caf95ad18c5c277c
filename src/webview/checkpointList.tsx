import type { RefObject } from 'preact';
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import type { ChangeSize } from '../protocol/panelPicture.ts';
import { CheckpointRow } from './checkpointRow.tsx';
import { listCommand, type ListCommand } from './listKeys.ts';
import { newestAt, outerPlaces, spanOf, targetOf, type ListItem } from './listItems.ts';
import { useSizes } from './listSizes.ts';
import { time } from './locale.ts';
import { sizeKey, type ShownFolder } from './picture.ts';
import { PendingRow } from './pendingRow.tsx';
import { RowAction } from './rowAction.tsx';
import { useRowsInView } from './rowsInView.ts';
import { strings } from './strings.ts';
import { TurnRow } from './turnRow.tsx';
import {
  activeIndex,
  drawnRows,
  heightOf,
  keyTarget,
  rowHeight,
  scrollToShow,
  shortRowHeight,
  topsOf,
} from './windowing.ts';

interface CheckpointListProps {
  readonly folder: ShownFolder;
  readonly items: readonly ListItem[];
  readonly isFiltered: boolean;
  readonly sizes: Readonly<Record<string, ChangeSize>>;
  /** distinguishes the element ids of several folders' lists */
  readonly listId: string;
  readonly name: string;
  readonly now: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly header: RefObject<HTMLElement | null>;
  readonly list: RefObject<HTMLDivElement | null>;
  readonly active: string | null;
  /** the checkpoint whose reset runs */
  readonly resetting: string | null;
  readonly onActive: (id: string) => void;
  readonly onOpen: (turn: string, open: boolean) => void;
  /** `id` is a checkpoint's */
  readonly onCommand: (command: ListCommand, id: string) => void;
}

/**
 * The checkpoints of one folder. Only the rows in view are in the DOM; the page scrolls, not the list, so that the panel works
 * in any height and several folders follow one another.
 */
export function CheckpointList(props: CheckpointListProps) {
  const { folder, items, sizes, listId, scroller, header, list } = props;
  const [heights] = useState(() => {
    const fontSize = parseFloat(getComputedStyle(document.body).fontSize);
    return { tall: rowHeight(fontSize), short: shortRowHeight(fontSize) };
  });
  const tops = useMemo(
    () =>
      topsOf(items.length, (index) => {
        const item = items[index];
        return item?.kind === 'row' && item.parent !== null ? heights.short : heights.tall;
      }),
    [items, heights],
  );
  const outer = useMemo(() => outerPlaces(items), [items]);
  const { range, hovered, place, point, unpoint } = useRowsInView(items, tops, scroller, list);
  const lastIndex = useRef(0);

  const active = activeIndex(items, props.active, lastIndex.current);
  lastIndex.current = active;
  const activeItem = items[active];

  const showRow = (index: number): void => {
    const sticky = header.current?.offsetHeight ?? 0;
    scroller.current?.scrollBy(0, scrollToShow(place(), tops, index, sticky));
  };
  const goTo = (index: number): void => {
    const item = items[index];
    if (item === undefined) return;
    props.onActive(item.id);
    showRow(index);
  };
  const toggle = (item: ListItem | undefined): void => {
    if (item?.kind === 'turn') props.onOpen(item.turn.key, !item.isOpen);
  };
  // The same functions each time, or no row would be left as it is.
  const actions = useRef({ pick: props.onActive, toggle });
  actions.current = { pick: props.onActive, toggle };
  const pickRow = useCallback((id: string) => actions.current.pick(id), []);
  const toggleTurn = useCallback((item: ListItem) => actions.current.toggle(item), []);

  /** Into and out of a prompt, as trees do it. */
  const step = (key: string): boolean => {
    if (key === 'ArrowRight' && activeItem?.kind === 'turn') {
      if (activeItem.isOpen) goTo(active + 1);
      else toggle(activeItem);
    } else if (key === 'ArrowLeft' && activeItem?.kind === 'turn' && activeItem.isOpen) {
      toggle(activeItem);
    } else if (key === 'ArrowLeft' && activeItem?.kind === 'row' && activeItem.parent !== null) {
      goTo(items.findIndex(({ id }) => id === activeItem.parent));
    } else if ((key === 'Enter' || key === ' ') && activeItem?.kind === 'turn') {
      toggle(activeItem);
    } else {
      return false;
    }
    return true;
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const sticky = header.current?.offsetHeight ?? 0;
    const index = isPlain ? keyTarget(event.key, active, tops, place(), sticky) : null;
    const command = event.key === 'Enter' && isPlain ? 'reset' : listCommand(event);
    const target = targetOf(activeItem);
    if (index !== null) goTo(index);
    else if (!(isPlain && step(event.key))) {
      if (command === null || target === null) return;
      props.onCommand(command === 'pin' && target.pinned ? 'unpin' : command, target.id);
    }
    event.preventDefault();
  };

  /** From the keyboard it comes to the list, which has the focus, but it is the active row's menu that is wanted, and there. */
  const onContextMenu = (event: MouseEvent): void => {
    const row = activeItem && document.getElementById(elementId(active));
    if (event.target !== event.currentTarget || !row) return;
    event.preventDefault();
    event.stopPropagation();
    const { left, bottom } = row.getBoundingClientRect();
    row.dispatchEvent(
      new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: left + 36, clientY: bottom - 4 }),
    );
  };

  // Ids of items may hold blanks.
  const elementId = (index: number): string => `${listId}-${(items[index]?.id ?? '').replace(/\s/g, '_')}`;
  const resetting = props.resetting === null ? -1 : items.findIndex((item) => targetOf(item)?.id === props.resetting);
  // Until a row was chosen the newest offers its button, so that there is one to see; it steps back for the row pointed at.
  const acting = new Set([props.active === null && hovered >= 0 ? hovered : active, hovered, resetting]);
  const drawn = drawnRows(range, items.length, active);
  useSizes(folder.root, items, drawn, props.isFiltered, sizes);
  const turns = outer.at(-1) ?? 0;

  const sizeAt = (index: number): ChangeSize | undefined => {
    const span = spanOf(items, index, props.isFiltered);
    return span === null ? undefined : sizes[sizeKey(span)];
  };
  const frameOf = (index: number) => {
    const top = tops[index] ?? 0;
    const at = newestAt(items[index]);
    return {
      root: folder.root,
      elementId: elementId(index),
      top,
      height: (tops[index + 1] ?? 0) - top,
      isActive: index === active,
      isHovered: index === hovered,
      action: !acting.has(index) ? null : index === resetting ? strings.resetting : strings.reset,
      ago: at === null ? '' : time.relative(at, props.now),
      size: sizeAt(index),
      onPick: pickRow,
    };
  };
  return (
    <div class="list-frame" style={{ height: `${heightOf(tops)}px` }} onPointerMove={point} onPointerLeave={unpoint}>
      <div
        ref={list}
        id={listId}
        class={`list ${props.active === null ? '' : 'chosen'}`}
        role="tree"
        tabIndex={0}
        aria-label={props.name}
        aria-description={strings.keys}
        aria-activedescendant={activeItem === undefined ? undefined : elementId(active)}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
        onFocus={(event) => {
          // The browser brings the top of the list into view; who comes by keyboard wants the row.
          if (!event.currentTarget.matches(':focus-visible') || activeItem === undefined) return;
          props.onActive(activeItem.id);
          showRow(active);
        }}
      >
        {drawn.map((index) => {
          const item = items[index];
          switch (item?.kind) {
            case 'turn':
              return (
                <TurnRow
                  key={item.id}
                  item={item}
                  {...frameOf(index)}
                  place={outer[index] ?? 0}
                  count={turns}
                  onToggle={toggleTurn}
                />
              );
            case 'row':
              return (
                <CheckpointRow
                  key={item.id}
                  item={item}
                  {...frameOf(index)}
                  place={item.parent === null ? (outer[index] ?? 0) : item.place}
                  count={item.parent === null ? turns : item.count}
                  currentBranch={folder.branch}
                />
              );
            case 'pending':
              return <PendingRow key={item.id} top={tops[index] ?? 0} height={heights.tall} />;
            case undefined:
              return null;
          }
        })}
      </div>
      {[...acting].map((index) => {
        const target = targetOf(items[index]);
        if (target === null) return null;
        const { top, height } = frameOf(index);
        return (
          <RowAction
            key={items[index]?.id}
            target={target}
            isTurn={items[index]?.kind === 'turn'}
            root={folder.root}
            top={top}
            height={height}
            running={index === resetting}
            disabled={folder.busy !== null}
            onReset={(id) => props.onCommand('reset', id)}
          />
        );
      })}
    </div>
  );
}
