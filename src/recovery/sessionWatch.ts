import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { Surroundings } from '../agents/agent.ts';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { errorText } from '../store/errno.ts';
import { OneAtATime } from '../store/oneAtATime.ts';
import { TranscriptWatcher, type WatchReport } from '../usage/transcriptWatcher.ts';
import { lookBackMs, mostSessions, presentEvidence } from './lookBack.ts';
import { endsInFailure, type SessionRef } from './readWork.ts';
import { lookAt, recordInterruption, type OpenCheckpoints } from './recordInterruption.ts';
import type { StoredInterruption } from './report.ts';
import { recentSessions, worksIn, type RecentSession } from './sessions.ts';

export interface SessionWatchOptions {
  readonly surroundings: Surroundings;
  readonly stateFolder: string;
  /** folders whose sessions are meant */
  readonly places: () => readonly string[];
  readonly open: OpenCheckpoints;
  readonly now: () => number;
  readonly onRecorded: (stored: StoredInterruption) => void;
  /** after every look at all sessions: what is known may be over */
  readonly onLooked: () => void;
  readonly onProblem: (sentence: string) => void;
}

/** A process that was just ended is believed to be gone only after its transcript has been quiet for a while (liveness.ts). */
const afterExitMs = 3500;

/** What was last seen of a session: it need not be looked at again until its transcript changes, unless it was in the middle of a turn. */
interface Seen {
  readonly changedAt: number;
  readonly isSettled: boolean;
}

/**
 * Notices when a session in some folders is cut off, and records it: a refused request as soon as it stands in the transcript, a killed
 * process with the next look at all sessions. Watches single folders, and looks at everything every 30 s.
 */
export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #watcher: TranscriptWatcher;
  readonly #seen = new Map<string, Seen>();
  readonly #registries: FSWatcher[] = [];
  #sessions: readonly RecentSession[] = [];
  readonly #looking = new OneAtATime(() =>
    this.#lookAtAll().catch((error: unknown) => this.#options.onProblem(errorText(error))),
  );
  #soon: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
    const { surroundings, now } = options;
    const roots = transcriptSources.flatMap((source) =>
      source.roots(surroundings).map((root) => ({ source, path: root.path })),
    );
    this.#watcher = new TranscriptWatcher({
      roots: roots.map((root) => root.path),
      platform: surroundings.platform,
      now,
      transcriptOf: (file) => roots.find((root) => file.startsWith(root.path))?.source.match(file)?.path ?? null,
      onReport: (report) => void this.#onReport(report),
    });
    for (const { source, path: root } of roots)
      if (source.agent === 'claude') this.#followRegistry(path.join(root, '..', 'sessions'));
  }

  /** Claude Code takes its process's file away when it ends: a closed terminal shows at once. */
  #followRegistry(folder: string): void {
    try {
      const watcher = watch(folder, () => this.lookSoon());
      watcher.on('error', () => watcher.close());
      this.#registries.push(watcher);
    } catch {
      // There is none (yet): the regular look has to do.
    }
  }

  /** Looks again in a moment: a terminal was closed, or an agent's process ended. */
  lookSoon(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.look(), afterExitMs);
  }

  async #onReport({ files, sweep }: WatchReport): Promise<void> {
    if (sweep) return this.look();
    for (const file of files) {
      const session = this.#sessions.find(
        ({ transcript }) => transcript === file || file.startsWith(transcript.replace(/\.jsonl$/, path.sep)),
      );
      // Of an agent that is at work the transcript changes all the time: only what its end looks like is read then.
      if (session === undefined || session.agent === 'opencode') return this.look();
      if (await this.#isFailing(session.agent, file)) await this.#lookAt(session);
    }
  }

  async #isFailing(agent: string, file: string): Promise<boolean> {
    try {
      return await endsInFailure(agent, file);
    } catch (error) {
      this.#options.onProblem(`${path.basename(file)}: ${errorText(error)}`);
      return false;
    }
  }

  /** Looks at all sessions. */
  look(): Promise<void> {
    return this.#isClosed ? Promise.resolve() : this.#looking.do();
  }

  async #lookAtAll(): Promise<void> {
    const { surroundings, places, now, onLooked } = this.#options;
    const { sessions, folders } = await recentSessions(surroundings, places(), now() - lookBackMs);
    if (this.#isClosed) return;
    this.#watcher.follow(folders);
    this.#sessions = sessions.slice(0, mostSessions);
    for (const session of this.#sessions) {
      const seen = this.#seen.get(keyOf(session));
      if (seen?.isSettled !== true || seen.changedAt !== session.changedAt) await this.#lookAt(session);
    }
    onLooked();
  }

  async #lookAt(session: RecentSession): Promise<void> {
    const { places, stateFolder, open, now, onRecorded, onProblem } = this.#options;
    const { agent, sessionId, transcript, changedAt } = session;
    const ref: SessionRef = { agent, sessionId, transcript };
    try {
      const looked = await lookAt(ref, presentEvidence(ref, now()));
      const isOurs = worksIn(looked.cwd ?? session.cwd, places());
      const isSettled = !isOurs || looked.found !== null || looked.turn === null || looked.turn.isEnded;
      if (looked.found !== null && isOurs && !this.#isClosed) {
        const stored = await recordInterruption(
          { ref, cwd: looked.cwd, stateFolder, open },
          presentEvidence(ref, now()),
          now(),
        );
        if (stored !== null) onRecorded(stored);
      }
      this.#seen.set(keyOf(session), { changedAt, isSettled });
    } catch (error) {
      onProblem(`${agent} ${sessionId}: ${errorText(error)}`);
      // Not again until it changes.
      this.#seen.set(keyOf(session), { changedAt, isSettled: true });
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#soon);
    this.#watcher.close();
    for (const watcher of this.#registries) watcher.close();
  }
}

function keyOf({ transcript, sessionId }: SessionRef): string {
  return `${transcript}\0${sessionId}`;
}
