import type { Draft } from './draft.ts';
import { mergeInto } from './mergeInto.ts';
import type { ResponseTable } from './responseTable.ts';

export interface LeftSession {
  readonly agent: string;
  readonly sessionId: string;
  /** of the response */
  readonly cwd: string | null;
}

/**
 * Sessions that told of a response which turned out to be another one's: a fork read before the session that it copies. What was made of
 * the session until then, and is kept, has to be made anew.
 */
export class LeftSessions {
  readonly #left = new Map<string, LeftSession>();

  /** Takes a draft of the same response into a row (mergeInto.ts); true if that changed anything the row says. */
  merge(table: ResponseTable, row: number, draft: Draft): boolean {
    const { session, cwd } = table.columns;
    const [before, folder] = [session[row] ?? 0, cwd[row] ?? 0];
    const changed = mergeInto(table, row, draft);
    if (before === draft.session) return changed;
    if (session[row] === before) this.#add(table, row, draft.session, draft.cwd);
    else this.#add(table, row, before, folder);
    return changed;
  }

  get size(): number {
    return this.#left.size;
  }

  /** Those since the last time. */
  take(): readonly LeftSession[] {
    const left = [...this.#left.values()];
    this.#left.clear();
    return left;
  }

  #add(table: ResponseTable, row: number, session: number, cwd: number): void {
    const { agent } = table.source(row);
    const sessionId = table.words.text(session) ?? '';
    this.#left.set(`${agent}\n${sessionId}`, { agent, sessionId, cwd: table.words.text(cwd) });
  }
}
