import type { Ledger } from '../ledger.ts';
import { ResponseCursor } from '../responseTable.ts';
import type { TurnResponse } from './turns.ts';

interface Session {
  readonly agent: string;
  readonly sessionId: string;
}

/** The responses of some sessions, as rows of the ledger: they become objects one session at a time, and not all at once. */
export class SessionRows {
  readonly #ledger: Ledger;
  /** in the order of time */
  readonly #rows = new Map<number, number[]>();

  constructor(ledger: Ledger, sessions: readonly Session[]) {
    this.#ledger = ledger;
    for (const session of sessions) this.#rows.set(this.#keyOf(session), []);
    const { table } = ledger;
    const { at, session } = table.columns;
    for (let row = 0; row < table.length; row += 1) {
      const rows = this.#rows.get(keyOf(table.agentOf(row), session[row] ?? 0));
      if (rows !== undefined && ledger.isShown(row)) rows.push(row);
    }
    for (const rows of this.#rows.values()) rows.sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0));
  }

  responsesOf(session: Session): readonly TurnResponse[] {
    const cursor = new ResponseCursor(this.#ledger.table);
    return this.#rowsOf(session).map((row) => {
      const { at, tokens, model, isSidechain } = cursor.to(row);
      return { at, tokens: { ...tokens }, model, isSidechain };
    });
  }

  /** Where it began; null if no response says. */
  cwdOf(session: Session): string | null {
    const { columns, words } = this.#ledger.table;
    const row = this.#rowsOf(session).find((each) => columns.cwd[each] !== 0);
    return row === undefined ? null : words.text(columns.cwd[row] ?? 0);
  }

  /** Whose it is now. */
  accountOf(session: Session): string | null {
    const row = this.#rowsOf(session).at(-1);
    return row === undefined ? null : this.#ledger.table.source(row).account;
  }

  #rowsOf(session: Session): readonly number[] {
    return this.#rows.get(this.#keyOf(session)) ?? [];
  }

  #keyOf({ agent, sessionId }: Session): number {
    return keyOf(this.#agentNumber(agent), this.#ledger.table.words.numberOf(sessionId));
  }

  #agentNumber(name: string): number {
    return this.#ledger.table.sources.findIndex(({ agent }) => agent === name);
  }
}

function keyOf(agent: number, session: number): number {
  return (agent + 1) * 2 ** 32 + session;
}
