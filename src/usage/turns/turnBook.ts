import type { ToldEdits, ToldPrompt } from '../../agents/agent.ts';
import type { Turn, TurnFit } from '../../protocol/turn.ts';
import type { Reading } from '../../protocol/usage.ts';
import { errorText } from '../../store/errno.ts';
import { changeTurns, repositoryFolder, sessionNumber } from '../../store/turnFile.ts';
import type { Response } from '../ledgerEntry.ts';
import type { Ledger } from '../ledger.ts';
import type { Readings } from '../readings.ts';
import { ResponseCursor } from '../responseTable.ts';
import { hashOf } from '../store/hash.ts';
import { type Edit, type Prompt, turnsOf } from './turns.ts';

/** What was read of a session since its turns were last written. */
interface News {
  readonly agent: string;
  readonly sessionId: string;
  readonly prompts: ToldPrompt[];
  readonly edits: Edit[];
}

export interface SaveOptions {
  readonly stateFolder: string;
  readonly ledger: Ledger;
  readonly readings: Readings;
  /** how long to wait for another process, milliseconds */
  readonly waitMs: number;
  /** learns how well estimates from a repository's turns fit, to be kept with them */
  readonly fitOf: ((turns: readonly Turn[]) => TurnFit) | null;
}

/**
 * Makes turns of what transcripts tell: prompts and edits as they are read, tokens from the ledger, where each response counts once. What
 * an earlier reading told of a session is in its repository's file already, so reading on adds to it; telling a thing again changes
 * nothing.
 */
export class TurnBook {
  readonly #news = new Map<string, News>();
  #problem: string | null = null;

  addPrompt(prompt: ToldPrompt): void {
    this.#newsOf(prompt).prompts.push(prompt);
  }

  addEdits(edits: ToldEdits): void {
    const { edits: own } = this.#newsOf(edits);
    for (const file of edits.files) own.push([edits.at, hashOf(file) % 2 ** 32]);
  }

  /** That there is something new of a session, told otherwise: a response. */
  touch(session: { readonly agent: string; readonly sessionId: string }): void {
    this.#newsOf(session);
  }

  get hasNews(): boolean {
    return this.#news.size > 0;
  }

  /** Why turns could not be written; null if they were. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Writes what is new; what cannot be written stays for the next time. Never throws. */
  async save({ stateFolder, ledger, readings, waitMs, fitOf }: SaveOptions): Promise<void> {
    if (!this.hasNews) return;
    const news = [...this.#news];
    this.#news.clear();
    this.#problem = null;
    const responses = responsesBySession(
      ledger,
      news.map(([, { sessionId }]) => sessionId),
    );
    const trails = readings.history();
    const byFolder = new Map<string, [string, News][]>();
    const folders = new Map<string, string>();
    for (const [key, one] of news) {
      // The folder is where the session began: an agent that changes its directory is still on the same work.
      const cwd = responses.get(key)?.find((response) => response.cwd !== null)?.cwd ?? one.prompts[0]?.cwd ?? null;
      if (cwd === null) continue;
      let folder = folders.get(cwd);
      if (folder === undefined) folders.set(cwd, (folder = repositoryFolder(cwd)));
      const others = byFolder.get(folder) ?? [];
      byFolder.set(folder, others);
      others.push([key, one]);
    }
    for (const [folder, sessions] of byFolder) {
      const change = (known: readonly Turn[]): readonly Turn[] => changed(known, sessions, responses, trails);
      try {
        if (await changeTurns(stateFolder, folder, waitMs, change, fitOf)) continue;
      } catch (error) {
        this.#problem = errorText(error);
      }
      for (const [key, one] of sessions) this.#putBack(key, one);
    }
  }

  #newsOf({ agent, sessionId }: { readonly agent: string; readonly sessionId: string }): News {
    const key = keyOf(agent, sessionId);
    let news = this.#news.get(key);
    if (news === undefined) this.#news.set(key, (news = { agent, sessionId, prompts: [], edits: [] }));
    return news;
  }

  #putBack(key: string, { agent, sessionId, prompts, edits }: News): void {
    const later = this.#news.get(key);
    this.#news.set(key, {
      agent,
      sessionId,
      prompts: [...prompts, ...(later?.prompts ?? [])],
      edits: [...edits, ...(later?.edits ?? [])],
    });
  }
}

function changed(
  known: readonly Turn[],
  sessions: readonly (readonly [string, News])[],
  responses: ReadonlyMap<string, readonly Response[]>,
  readings: readonly Reading[],
): readonly Turn[] {
  let turns = known;
  for (const [key, { agent, sessionId, prompts, edits }] of sessions) {
    const session = sessionNumber(agent, sessionId);
    const before = turns.filter((turn) => turn.session === session);
    const all = new Map<number, Prompt>(before.map((turn) => [turn.at, turn]));
    for (const { at, features } of prompts) all.set(at, { at, ...features });
    if (all.size === 0) continue;
    const own = responses.get(key) ?? [];
    const account = own.at(-1)?.account ?? null;
    const anew = turnsOf({
      agent,
      session,
      prompts: [...all.values()],
      edits: [...before.flatMap((turn): readonly Edit[] => turn.edits ?? []), ...edits],
      responses: own,
      readings: readings.filter((reading) => reading.agent === agent && reading.account === account),
    });
    const kept = anew.map((turn) => withKnown(turn, before));
    turns = [...turns.filter((turn) => turn.session !== session), ...kept];
  }
  return turns;
}

/** What only an earlier reading saw: edits of turns that were over by then, and percents whose readings are gone. */
function withKnown(turn: Turn, before: readonly Turn[]): Turn {
  const known = before.find(({ at }) => at === turn.at);
  if (known === undefined) return turn;
  return {
    ...turn,
    touched: Math.max(turn.touched, known.touched),
    finish: turn.finish ?? known.finish,
    moved: { ...known.moved, ...turn.moved },
  };
}

function responsesBySession(ledger: Ledger, sessionIds: readonly string[]): ReadonlyMap<string, Response[]> {
  const { table } = ledger;
  const wanted = new Set(sessionIds.map((id) => table.words.numberOf(id)));
  const cursor = new ResponseCursor(table);
  const found = new Map<string, Response[]>();
  for (let row = 0; row < table.length; row += 1) {
    if (!wanted.has(table.columns.session[row] ?? 0) || !ledger.isShown(row)) continue;
    const response = cursor.to(row).copy();
    const key = keyOf(response.agent, response.sessionId);
    const others = found.get(key);
    if (others === undefined) found.set(key, [response]);
    else others.push(response);
  }
  for (const responses of found.values()) responses.sort((a, b) => a.at - b.at);
  return found;
}

function keyOf(agent: string, sessionId: string): string {
  return `${agent}\n${sessionId}`;
}
