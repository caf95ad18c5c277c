import { checkpointOfMessage } from './commitPlan.ts';
import type { Oid } from '../git/git.ts';

/** One commit of a branch's history along first parents. */
export interface HistoryEntry {
  readonly commit: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
}

export const historyFormat = '%H%x00%P%x00%B%x00';

/** Parses `rev-list --no-commit-header --format=historyFormat`. */
export function parseHistory(text: string): HistoryEntry[] {
  const fields = text.split('\0');
  const entries: HistoryEntry[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [commit = '', parents = '', message = ''] = fields.slice(at, at + 3);
    entries.push({ commit: commit.trim(), parents: parents.split(' ').filter((oid) => oid !== ''), message });
  }
  return entries;
}

export interface FoldedCommit {
  readonly commit: Oid;
  readonly subject: string;
  /** id of the checkpoint it was made for; that one may be gone by now */
  readonly checkpoint: string;
}

export interface SquashPlan {
  /** newest first */
  readonly folded: readonly FoldedCommit[];
  /** the commit below them, which stays; null: they begin the history */
  readonly base: Oid | null;
  /** checkpoint commits further down, below a commit of somebody else's: they stay as they are */
  readonly further: number;
}

/** The contiguous run of checkpoint commits at the tip, no merges; null: the tip is none. */
export function planSquash(newestFirst: readonly HistoryEntry[]): SquashPlan | null {
  const folded: FoldedCommit[] = [];
  let base: Oid | null = null;
  for (const entry of newestFirst) {
    const found = asFolded(entry);
    if (!found) break;
    folded.push(found);
    base = entry.parents[0] ?? null;
  }
  if (folded.length === 0) return null;
  return { folded, base, further: newestFirst.slice(folded.length).filter((entry) => asFolded(entry)).length };
}

function asFolded({ commit, parents, message }: HistoryEntry): FoldedCommit | null {
  const checkpoint = parents.length > 1 ? null : checkpointOfMessage(message);
  return checkpoint === null ? null : { commit, checkpoint, subject: message.split('\n', 1)[0] ?? '' };
}

/** The user's words; without any, what has been folded, oldest first. */
export function squashMessage(given: string, folded: readonly FoldedCommit[]): string {
  const words = given.replaceAll('\0', '').trim();
  if (words !== '') return `${words}\n`;
  const lines = folded.map(({ subject }) => `- ${subject.replace(/^Checkpoint: /, '')}`).reverse();
  const title = folded.length === 1 ? 'Squash 1 checkpoint' : `Squash ${folded.length} checkpoints`;
  return `${[title, '', ...lines].join('\n')}\n`;
}
