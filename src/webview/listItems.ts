import type { CheckpointRowView, TurnView } from '../protocol/panelPicture.ts';
import { isFiltering, matchingRows, type Filter } from './filter.ts';
import type { ShownPage } from './picture.ts';

/** A prompt with its checkpoints, folded or open. */
export interface TurnItem {
  readonly kind: 'turn';
  readonly id: string;
  readonly turn: TurnView;
  /** those of it that are wanted */
  readonly rows: readonly CheckpointRowView[];
  readonly isOpen: boolean;
}

/** A checkpoint: by itself, or below the prompt that caused it. */
export interface RowItem {
  readonly kind: 'row';
  readonly id: string;
  readonly row: CheckpointRowView;
  readonly turn: TurnView;
  /** id of the item above it in the tree; null: it stands by itself */
  readonly parent: string | null;
  /** from 1, among the rows below the same item, and how many these are */
  readonly place: number;
  readonly count: number;
}

/** Something on a page that has not come yet. */
export interface PendingItem {
  readonly kind: 'pending';
  readonly id: string;
}

export type ListItem = TurnItem | RowItem | PendingItem;

/**
 * What stands in the list, from top to bottom. Where it is filtered, only what has come is looked through, and a turn holds those of its
 * rows that match.
 */
export function listItems(pages: readonly ShownPage[], open: ReadonlySet<string>, filter: Filter): readonly ListItem[] {
  const isFiltered = isFiltering(filter);
  // Put together at the end and at once: ten thousand one by one could be felt.
  return pages
    .map(({ key, turns, body }) => {
      if (body === null) return isFiltered ? [] : pendingItems(key, turns);
      if (!isFiltered && !body.some((turn) => open.has(turn.key))) return closedItems(body);
      const items: ListItem[] = [];
      for (const turn of body) {
        const rows = isFiltered ? matchingRows(turn, filter) : turn.rows;
        if (rows.length > 0) pushTurn(items, turn, rows, open);
      }
      return items;
    })
    .flat();
}

function pendingItems(key: number, turns: number): readonly ListItem[] {
  return Array.from({ length: turns }, (_, at) => ({ kind: 'pending', id: `${key} ${at}` }));
}

/** A page never changes, and mostly nothing on it is open: of ten thousand checkpoints only a new one's page is laid out anew. */
const closed = new WeakMap<readonly TurnView[], readonly ListItem[]>();

function closedItems(body: readonly TurnView[]): readonly ListItem[] {
  const known = closed.get(body);
  if (known !== undefined) return known;
  const items: ListItem[] = [];
  for (const turn of body) pushTurn(items, turn, turn.rows, new Set());
  closed.set(body, items);
  return items;
}

function pushTurn(
  items: ListItem[],
  turn: TurnView,
  rows: readonly CheckpointRowView[],
  open: ReadonlySet<string>,
): void {
  const [only] = turn.rows;
  if (only === undefined) return;
  if (turn.rows.length === 1) {
    items.push({ kind: 'row', id: only.id, row: only, turn, parent: null, place: 1, count: 1 });
    return;
  }
  const id = turnId(turn);
  const isOpen = open.has(turn.key);
  items.push({ kind: 'turn', id, turn, rows, isOpen });
  const count = rows.length;
  if (isOpen)
    rows.forEach((row, at) => items.push({ kind: 'row', id: row.id, row, turn, parent: id, place: at + 1, count }));
}

/** Ids of checkpoints begin with a digit. */
function turnId({ key }: TurnView): string {
  return `turn ${key}`;
}

/** The checkpoint that an item's actions are about: of a prompt, the state before it. */
export function targetOf(item: ListItem | undefined): CheckpointRowView | null {
  if (item === undefined || item.kind === 'pending') return null;
  return item.kind === 'row' ? item.row : oldest(item.turn);
}

/** When it was, of a prompt when it was last at work; null where that has not come yet. */
export function newestAt(item: ListItem | undefined): number | null {
  if (item === undefined || item.kind === 'pending') return null;
  return (item.kind === 'row' ? item.row : item.turn.rows[0])?.at ?? null;
}

export function oldest({ rows }: TurnView): CheckpointRowView | null {
  return rows.at(-1) ?? null;
}

/**
 * The two checkpoints between which lies what an item did: of a turn, its oldest and its newest; of a checkpoint, itself and the next.
 * null where the next is not known, or not there yet.
 * @param isFiltered then what stands above a checkpoint need not be the next one
 */
export function spanOf(
  items: readonly ListItem[],
  index: number,
  isFiltered: boolean,
): readonly [string, string] | null {
  const item = items[index];
  if (item === undefined || item.kind === 'pending') return null;
  const { rows } = item.turn;
  if (item.kind === 'turn') {
    const [from, to] = [oldest(item.turn), rows[0]];
    return from === null || to === undefined ? null : [from.id, to.id];
  }
  const next =
    item.parent !== null ? rows[rows.indexOf(item.row) - 1] : isFiltered ? null : targetOf(outerAbove(items, index));
  return next ? [item.id, next.id] : null;
}

/** The nearest item above that is no part of a turn. */
function outerAbove(items: readonly ListItem[], index: number): ListItem | undefined {
  for (let at = index - 1; at >= 0; at--) {
    const item = items[at];
    if (item?.kind !== 'row' || item.parent === null) return item;
  }
  return undefined;
}

/** Place of each item, or of the prompt it is below, among those that stand by themselves, from 1. */
export function outerPlaces(items: readonly ListItem[]): Int32Array {
  let place = 0;
  const places = new Int32Array(items.length);
  items.forEach((item, index) => {
    places[index] = item.kind === 'row' && item.parent !== null ? place : ++place;
  });
  return places;
}
