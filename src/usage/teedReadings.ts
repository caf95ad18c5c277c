import path from 'node:path';
import type { Surroundings, ToldReading } from '../agents/agent.ts';
import { transcriptRoots } from '../agents/claude/locations.ts';
import { parseTeed, type SessionStatus, type TeedFacts } from '../agents/claude/teedFacts.ts';
import type { Reading } from '../protocol/usage.ts';
import { clearSpool, readSpooled, spooledFiles } from '../store/readingSpool.ts';

const clearInterval = 3_600_000;

/**
 * What the tees kept of Claude Code's sessions, taken in from the spool: the vendor's own percentages, and what each session says of its
 * context, which no transcript tells. Reads what changed since the last time.
 */
export class TeedReadings {
  readonly #stateFolder: string;
  readonly #surroundings: Surroundings;
  readonly #taken = new Map<string, string>();
  readonly #sessions = new Map<string, SessionStatus>();
  #clearedAt = -Infinity;

  constructor(stateFolder: string, surroundings: Surroundings) {
    this.#stateFolder = stateFolder;
    this.#surroundings = surroundings;
  }

  /** Readings that came since the last time. Never throws. */
  take(now: number): { readonly readings: readonly Reading[]; readonly changed: boolean } {
    const readings: Reading[] = [];
    let changed = false;
    for (const spooled of spooledFiles(this.#stateFolder)) {
      if (this.#taken.get(spooled.file) === spooled.stamp) continue;
      this.#taken.set(spooled.file, spooled.stamp);
      const facts = parseTeed(readSpooled(spooled) ?? '', spooled.writtenAt, spooled.kind);
      if (facts === null) continue;
      if (this.#noteSession(facts.session)) changed = true;
      readings.push(...facts.readings.map((reading) => this.#withAccount(reading, facts)));
    }
    if (now - this.#clearedAt > clearInterval) {
      clearSpool(this.#stateFolder, now);
      this.#clearedAt = now;
    }
    return { readings, changed };
  }

  /** What the session last said of itself. */
  session(agent: string, sessionId: string): SessionStatus | null {
    const status = this.#sessions.get(sessionId);
    return status?.agent === agent ? status : null;
  }

  #noteSession(status: SessionStatus | null): boolean {
    if (status === null) return false;
    const known = this.#sessions.get(status.sessionId);
    if (known !== undefined && known.capturedAt >= status.capturedAt) return false;
    this.#sessions.set(status.sessionId, status);
    return known?.contextLimit !== status.contextLimit;
  }

  #withAccount(reading: ToldReading, facts: TeedFacts): Reading {
    return { ...reading, account: accountOf(facts, this.#surroundings) };
  }
}

/** The configuration folder: as the tee says, else the one that the transcript lies in, `<folder>/projects/<project>/<session>.jsonl`. */
export function accountOf(
  { account, transcriptPath }: Pick<TeedFacts, 'account' | 'transcriptPath'>,
  surroundings: Surroundings,
): string {
  if (account !== null) return account;
  const roots = transcriptRoots(surroundings);
  const own = roots.find((root) => transcriptPath?.startsWith(`${root.path}${path.sep}`));
  if (own !== undefined) return own.account;
  const other = transcriptPath === null ? null : /^(.+)[\\/]projects[\\/][^\\/]+[\\/][^\\/]+$/.exec(transcriptPath);
  // Without a word of where, it is of the account that is looked at here.
  return other?.[1] ?? roots[0]?.account ?? '';
}
