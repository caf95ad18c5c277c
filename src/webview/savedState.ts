import { noFilter, type Filter } from './filter.ts';

/** What the panel keeps over being hidden: only where the user was, never data (the host sends that whole). */
export interface SavedState {
  readonly scroll: number;
  /** the active item of each folder's list: root → id */
  readonly active: Readonly<Record<string, string>>;
  /** roots of folders that are folded */
  readonly collapsed: readonly string[];
  /** keys of turns that are open */
  readonly open: readonly string[];
  /** of each folder whose list is filtered: root → filter; the bar is shown where there is one */
  readonly filters: Readonly<Record<string, Filter>>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isString = (value: unknown): value is string => typeof value === 'string';
const text = (value: unknown): string => (isString(value) ? value : '');
const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter(isString) : []);

function mapped<Value>(value: unknown, read: (each: unknown) => Value | null): Record<string, Value> {
  const result: Record<string, Value> = {};
  if (!isRecord(value)) return result;
  for (const [key, each] of Object.entries(value)) {
    const taken = read(each);
    if (taken !== null) result[key] = taken;
  }
  return result;
}

function parseFilter(value: unknown): Filter | null {
  if (!isRecord(value)) return null;
  return {
    ...noFilter,
    text: text(value['text']),
    kind: text(value['kind']),
    agent: text(value['agent']),
    green: value['green'] === true,
  };
}

/** Reads what an earlier, perhaps older, panel left; anything unexpected falls back to the start. */
export function parseSavedState(value: unknown): SavedState {
  const { scroll, active, collapsed, open, filters } = isRecord(value) ? value : {};
  return {
    scroll: typeof scroll === 'number' && scroll > 0 ? scroll : 0,
    active: mapped(active, (id) => (isString(id) ? id : null)),
    collapsed: list(collapsed),
    open: list(open),
    filters: mapped(filters, parseFilter),
  };
}
