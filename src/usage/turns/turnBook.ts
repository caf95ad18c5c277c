import type { ToldEdits, ToldPrompt } from '../../agents/agent.ts';
import type { Turn, TurnFit } from '../../protocol/turn.ts';
import { errorText } from '../../store/errno.ts';
import { changeTurns, repositoryFolder, sessionNumber } from '../../store/turnFile.ts';
import type { Ledger } from '../ledger.ts';
import type { LeftSession } from '../leftSessions.ts';
import type { Readings } from '../readings.ts';
import { hashOf } from '../store/hash.ts';
import { readingsByWindow, type WindowReadings } from './movement.ts';
import { SessionRows } from './sessionRows.ts';
import { type Edit, type Prompt, turnsOf } from './turns.ts';

/** What was read of a session since its turns were last written. */
interface News {
  readonly agent: string;
  readonly sessionId: string;
  readonly prompts: ToldPrompt[];
  readonly edits: Edit[];
  /** where it is looked for if it has no response any more; null: where its prompts say */
  cwd: string | null;
}

export interface SaveOptions {
  readonly stateFolder: string;
  readonly ledger: Ledger;
  readonly readings: Readings;
  /** how long to wait for another process, milliseconds */
  readonly waitMs: number;
  /** learns how well estimates from a repository's turns fit, to be kept with them */
  readonly fitOf: ((turns: readonly Turn[]) => TurnFit) | null;
  /** epoch milliseconds */
  readonly now: number;
}

/** Learning takes as long as all the rest. Where nobody has worked for longer, it waits until somebody does. */
const learntWithin = 14 * 24 * 60 * 60_000;

/**
 * Makes turns of what transcripts tell: prompts and edits as they are read, tokens from the ledger, where each response counts once. What
 * an earlier reading told of a session is in its repository's file already, so reading on adds to it; telling a thing again changes
 * nothing.
 */
export class TurnBook {
  readonly #news = new Map<string, News>();
  /** what was asked for last: most facts are of the same session as the one before */
  #last: News | null = null;
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

  /** That a response which was told of a session is another one's. */
  touchLeft({ cwd, ...session }: LeftSession): void {
    this.#newsOf(session).cwd ??= cwd;
  }

  get hasNews(): boolean {
    return this.#news.size > 0;
  }

  /** Why turns could not be written; null if they were. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Writes what is new; what cannot be written stays for the next time. Never throws. */
  async save({ stateFolder, ledger, readings, waitMs, fitOf, now }: SaveOptions): Promise<void> {
    if (!this.hasNews) return;
    const news = [...this.#news];
    this.#news.clear();
    this.#last = null;
    this.#problem = null;
    const rows = new SessionRows(
      ledger,
      news.map(([, session]) => session),
    );
    const trails = new Trails(readings);
    const byFolder = new Map<string, News[]>();
    const folders = new Map<string, string>();
    for (const [, one] of news) {
      // The folder is where the session began: an agent that changes its directory is still on the same work.
      const cwd = rows.cwdOf(one) ?? one.prompts[0]?.cwd ?? one.cwd;
      if (cwd === null) continue;
      let folder = folders.get(cwd);
      if (folder === undefined) folders.set(cwd, (folder = repositoryFolder(cwd)));
      const others = byFolder.get(folder) ?? [];
      byFolder.set(folder, others);
      others.push(one);
    }
    const fit = (turns: readonly Turn[]) =>
      fitOf !== null && now - (turns.at(-1)?.at ?? -Infinity) <= learntWithin ? fitOf(turns) : null;
    for (const [folder, sessions] of byFolder) {
      const change = (known: readonly Turn[]): readonly Turn[] => changed(known, sessions, rows, trails);
      try {
        if (await changeTurns(stateFolder, folder, waitMs, change, fit)) continue;
      } catch (error) {
        this.#problem = errorText(error);
      }
      for (const one of sessions) this.#putBack(one);
    }
  }

  #newsOf({ agent, sessionId }: { readonly agent: string; readonly sessionId: string }): News {
    if (this.#last?.sessionId === sessionId && this.#last.agent === agent) return this.#last;
    const key = `${agent}\n${sessionId}`;
    let news = this.#news.get(key);
    if (news === undefined) this.#news.set(key, (news = { agent, sessionId, prompts: [], edits: [], cwd: null }));
    this.#last = news;
    return news;
  }

  #putBack({ agent, sessionId, prompts, edits, cwd }: News): void {
    const later = this.#newsOf({ agent, sessionId });
    later.cwd ??= cwd;
    later.prompts.unshift(...prompts);
    later.edits.unshift(...edits);
  }
}

/** Readings by account and window, put in order when a session asks. */
class Trails {
  readonly #readings: Readings;
  readonly #known = new Map<string, WindowReadings>();

  constructor(readings: Readings) {
    this.#readings = readings;
  }

  of(agent: string, account: string | null): WindowReadings {
    const key = `${agent}\n${account}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      const own = this.#readings.history().filter((reading) => reading.agent === agent && reading.account === account);
      this.#known.set(key, (known = readingsByWindow(own)));
    }
    return known;
  }
}

function changed(
  known: readonly Turn[],
  sessions: readonly News[],
  rows: SessionRows,
  trails: Trails,
): readonly Turn[] {
  const bySession = new Map<number, readonly Turn[]>();
  for (const turn of known) bySession.set(turn.session, [...(bySession.get(turn.session) ?? []), turn]);
  for (const one of sessions) {
    const { agent, sessionId, prompts, edits } = one;
    const session = sessionNumber(agent, sessionId);
    const before = bySession.get(session) ?? [];
    const all = new Map<number, Prompt>(before.map((turn) => [turn.at, turn]));
    for (const { at, features } of prompts) all.set(at, { at, ...features });
    if (all.size === 0) continue;
    const anew = turnsOf({
      agent,
      session,
      prompts: [...all.values()],
      edits: [...before.flatMap((turn): readonly Edit[] => turn.edits ?? []), ...edits],
      responses: rows.responsesOf(one),
      readings: trails.of(agent, rows.accountOf(one)),
    });
    bySession.set(
      session,
      anew.map((turn) => withKnown(turn, before)),
    );
  }
  return [...bySession.values()].flat();
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
