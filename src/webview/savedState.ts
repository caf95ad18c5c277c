/** What the panel keeps over being hidden: only where the user was, never data (the host sends that whole). */
export interface SavedState {
  readonly scroll: number;
  /** the active row of each folder: root → checkpoint id */
  readonly active: Readonly<Record<string, string>>;
  readonly collapsed: readonly string[];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isString = (value: unknown): value is string => typeof value === 'string';

/** Reads what an earlier, perhaps older, panel left; anything unexpected falls back to the start. */
export function parseSavedState(value: unknown): SavedState {
  if (!isRecord(value)) return { scroll: 0, active: {}, collapsed: [] };
  const { scroll, active, collapsed } = value;
  const rows: Record<string, string> = {};
  if (isRecord(active)) for (const [root, id] of Object.entries(active)) if (isString(id)) rows[root] = id;
  return {
    scroll: typeof scroll === 'number' && scroll > 0 ? scroll : 0,
    active: rows,
    collapsed: Array.isArray(collapsed) ? collapsed.filter(isString) : [],
  };
}
