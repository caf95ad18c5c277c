import { turnsOf, type Turn } from '../../checkpoints/view/turns.ts';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import type { CheckpointRowView, PageBody, PageHead, TurnView } from '../../protocol/panelPicture.ts';

/** Pages end after about so many checkpoints. A power of two. */
const pageSize = 64;

interface Page extends PageHead {
  readonly content: readonly Turn[];
}

/**
 * One folder's checkpoints in pages. Where a page ends is decided by what is in it, not by counting: so when checkpoints come at the
 * one end and go at the other, all pages but those two stay what they were, and need not be sent again.
 */
export class CheckpointPages {
  readonly #newKey: () => number;
  #list: readonly CheckpointSummary[] = [];
  #pages: readonly Page[] = [];

  /** @param newKey keys are told apart over all folders */
  constructor(newKey: () => number) {
    this.#newKey = newKey;
  }

  /** @param checkpoints newest first */
  update(checkpoints: readonly CheckpointSummary[]): readonly PageHead[] {
    if (checkpoints !== this.#list) {
      // By the oldest in each: at the other end is where pages grow.
      const known = new Map(this.#pages.map((page) => [oldestId(page.content), page]));
      this.#pages = cut(turnsOf(checkpoints)).map((content) => {
        const before = known.get(oldestId(content));
        return before !== undefined && sameTurns(before.content, content) ? before : this.#page(content);
      });
      this.#list = checkpoints;
    }
    return this.#pages.map(({ key, turns, rows }) => ({ key, turns, rows }));
  }

  /** What is on these pages; those that have been replaced meanwhile are left out: the picture that says so is under way. */
  bodies(keys: ReadonlySet<number>): readonly PageBody[] {
    return this.#pages
      .filter(({ key }) => keys.has(key))
      .map(({ key, content }) => ({ key, turns: content.map(turnView) }));
  }

  #page(content: readonly Turn[]): Page {
    const rows = content.reduce((sum, { checkpoints }) => sum + checkpoints.length, 0);
    return { key: this.#newKey(), turns: content.length, rows, content };
  }
}

function cut(turns: readonly Turn[]): readonly (readonly Turn[])[] {
  const pages: Turn[][] = [];
  let isOpen = false;
  for (const turn of turns) {
    if (isOpen) pages.at(-1)?.push(turn);
    else pages.push([turn]);
    isOpen = !turn.checkpoints.some(({ id }) => hash(id) % pageSize === 0);
  }
  return pages;
}

/** FNV-1a: ids of one minute differ in a few characters only, and must not all be alike here. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}

function oldestId(content: readonly Turn[]): string | undefined {
  return content.at(-1)?.checkpoints.at(-1)?.id;
}

function sameTurns(a: readonly Turn[], b: readonly Turn[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ checkpoints }, at) => {
      const others = b[at]?.checkpoints;
      return (
        checkpoints.length === others?.length &&
        checkpoints.every((checkpoint, row) => sameRow(checkpoint, others[row]))
      );
    })
  );
}

/** Everything else of a checkpoint is never changed. */
function sameRow(a: CheckpointSummary, b: CheckpointSummary | undefined): boolean {
  return a === b || (a.id === b?.id && a.label === b.label && a.pinned === b.pinned && a.verified === b.verified);
}

function turnView({ key, checkpoints }: Turn): TurnView {
  return { key, rows: checkpoints.map(rowView) };
}

function rowView(checkpoint: CheckpointSummary): CheckpointRowView {
  const { id, label, kind, createdAt, agent, tool, branch, head, pinned, verified, changedFiles, skipped } = checkpoint;
  return {
    id,
    label,
    kind,
    at: Date.parse(createdAt),
    agent,
    tool,
    branch,
    head: head === null ? null : head.slice(0, 8),
    pinned,
    verified,
    changedFiles,
    skipped,
  };
}
