import type { CheckpointRowView, TurnView } from '../protocol/panelPicture.ts';

/** What of the list is wanted; empty texts want everything. */
export interface Filter {
  readonly text: string;
  readonly kind: string;
  readonly agent: string;
  readonly green: boolean;
}

export const noFilter: Filter = { text: '', kind: '', agent: '', green: false };

export function isFiltering({ text, kind, agent, green }: Filter): boolean {
  return text.trim() !== '' || kind !== '' || agent !== '' || green;
}

/** The rows of a turn that are wanted. Every word has to be somewhere in a row. */
export function matchingRows(turn: TurnView, { text, kind, agent, green }: Filter): readonly CheckpointRowView[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return turn.rows.filter((row) => {
    if (kind !== '' && row.kind !== kind) return false;
    if (agent !== '' && row.agent !== agent) return false;
    if (green && row.verified !== 'green') return false;
    if (words.length === 0) return true;
    const all = `${row.label}\n${row.tool ?? ''}\n${row.branch ?? ''}\n${row.head ?? ''}\n${row.id}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
