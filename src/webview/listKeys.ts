import type { RowActionName } from '../protocol/panel.ts';

export type ListCommand = RowActionName | 'reset' | 'create' | 'filter' | 'verify';

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const letters: Readonly<Record<string, ListCommand>> = {
  r: 'reset',
  c: 'create',
  p: 'pin',
  F2: 'rename',
  Delete: 'delete',
  d: 'changesSince',
  i: 'changesIn',
  o: 'openFile',
  f: 'resetFiles',
  v: 'verify',
  '/': 'filter',
};

/** What a key does in the list, beside moving; null for all other keys. */
export function listCommand({ key, ctrlKey, metaKey, altKey }: Key): ListCommand | null {
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (altKey) return null;
  if (ctrlKey || metaKey) {
    // As everywhere: copy, find, and on a Mac, whose keyboards have no Delete, delete.
    if (name === 'c') return 'copyId';
    if (name === 'f') return 'filter';
    return metaKey && name === 'Backspace' ? 'delete' : null;
  }
  return letters[name] ?? null;
}
