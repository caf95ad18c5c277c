import { watch, type FSWatcher } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Surroundings } from '../agents/agent.ts';
import { registryFolders } from '../agents/claude/sessionRegistry.ts';
import { dayUse } from '../budget/dayUse.ts';
import { isInside } from '../budget/folders.ts';
import { landingFolder, type LandingLevel } from '../landing/landingState.ts';
import { toldLevel } from '../landing/toldLevel.ts';
import type { FolderView, PanelSnapshot } from '../protocol/panel.ts';
import type { UsageSnapshot } from '../protocol/usage.ts';
import { errorText } from '../store/errno.ts';
import { sessionsFolder, type SessionRecord } from '../store/sessionRecord.ts';
import { stateFolder } from '../store/stateFolder.ts';
import { liveSessions, unprotectedReason } from '../usage/liveSessions.ts';
import { agentsFound, readRecentRecords, readRegistry, repositoryName } from '../usage/liveSources.ts';
import type { Log } from './log.ts';

/** Several files change with one event of an agent. */
const restMs = 150;
/** A killed process leaves no event. */
const lookAgainMs = 30_000;
/** More sessions than the panel shows at once. */
const mostAsked = 8;

type LivePart = Pick<PanelSnapshot, 'sessions' | 'day' | 'agents' | 'unprotected'>;

/** Who is at work on this machine now, and who was told to land, kept current by watching their folders. */
export class LiveState implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #surroundings: () => Surroundings;
  readonly #log: Log;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #repositories = new Map<string, string>();
  readonly #interval: NodeJS.Timeout;
  #registered: Awaited<ReturnType<typeof readRegistry>> = null;
  #records: Awaited<ReturnType<typeof readRecentRecords>> = [];
  #agents: readonly string[] = [];
  /** by agent and session */
  #told: ReadonlyMap<string, LandingLevel> = new Map();
  #isKnown = false;
  #isDisposed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(surroundings: () => Surroundings, log: Log) {
    this.#surroundings = surroundings;
    this.#log = log;
    this.#interval = setInterval(() => void this.#look(), lookAgainMs);
    void this.#look();
  }

  /** What the snapshot of this moment says of it. `folders` are real paths of the workspace's folders. */
  part(usage: UsageSnapshot, views: readonly FolderView[], folders: readonly string[], now: number): LivePart {
    const day = usage.timeline.length === 0 ? {} : { day: dayUse(usage.timeline, now) };
    if (!this.#isKnown) return day;
    const cutOff = new Set(views.flatMap(({ interruption }) => interruption?.sessionId ?? []));
    const sessions = liveSessions({
      usage: usage.sessions,
      registered: this.#registered,
      records: this.#records,
      cutOff,
      repositoryOf: (cwd) => this.#repositoryOf(cwd),
      now,
    }).map((session) => {
      const told = this.#told.get(keyOf(session));
      return told === undefined ? session : { ...session, told };
    });
    const here = this.#records.filter(({ cwd }) => folders.some((folder) => isInside(cwd, folder)));
    const newest = views.flatMap(({ checkpoints: [first] }) => (first ? [Date.parse(first.createdAt)] : []));
    const reason = unprotectedReason(here, newest.length === 0 ? null : Math.max(...newest), now);
    return { ...day, sessions, agents: this.#agents, ...(reason === null ? {} : { unprotected: reason }) };
  }

  #repositoryOf(cwd: string): string {
    const known = this.#repositories.get(cwd);
    if (known !== undefined) return known;
    const name = repositoryName(cwd);
    this.#repositories.set(cwd, name);
    return name;
  }

  async #look(): Promise<void> {
    const surroundings = this.#surroundings();
    const state = stateFolder(surroundings);
    const own = [sessionsFolder(state), landingFolder(state)];
    // Only a folder that is there can be watched, and the first hook would make them too late. Never the state folder itself: where
    // everything of ours was removed, it stays removed.
    await Promise.all(own.map((folder) => mkdir(folder, { mode: 0o700 }).catch(() => undefined)));
    if (this.#isDisposed) return;
    const folders = [...registryFolders(surroundings), ...own];
    for (const [folder, watcher] of this.#watchers) {
      if (folders.includes(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) this.#follow(folder);
    try {
      const now = Date.now();
      const [registered, records] = await Promise.all([
        readRegistry(surroundings),
        readRecentRecords(surroundings, now),
      ]);
      const agents = agentsFound(surroundings);
      const told = await this.#whoWasTold(state, records, now);
      const isSame =
        this.#isKnown &&
        JSON.stringify([registered, records, agents, [...told]]) ===
          JSON.stringify([this.#registered, this.#records, this.#agents, [...this.#told]]);
      if (isSame) return;
      this.#registered = registered;
      this.#records = records;
      this.#agents = agents;
      this.#told = told;
      this.#isKnown = true;
      this.#changed.fire();
    } catch (error) {
      this.#log.warn(`[sessions] not readable problem="${errorText(error)}"`);
    }
  }

  /** Hooks tell, so only of sessions whose hooks ran there can be something. */
  async #whoWasTold(
    state: string,
    records: readonly SessionRecord[],
    now: number,
  ): Promise<ReadonlyMap<string, LandingLevel>> {
    const newest = [...records].sort((a, b) => b.lastEventAt - a.lastEventAt).slice(0, mostAsked);
    const asked = await Promise.all(
      newest.map(async (record) => ({ record, level: await toldLevel(state, record, now) })),
    );
    const told = asked.flatMap(({ record, level }) => (level === null ? [] : [[keyOf(record), level] as const]));
    for (const [session, level] of told) {
      if (this.#told.get(session) !== level) this.#log.info(`[landing] told session="${session}" level=${level}`);
    }
    return new Map(told);
  }

  #follow(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.#look(), restMs);
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      // Not there yet: the next look tries again.
      this.#log.debug(`[sessions] not watching ${path.basename(folder)} problem="${errorText(error)}"`);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    clearInterval(this.#interval);
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#changed.dispose();
  }
}

function keyOf({ agent, sessionId }: { readonly agent: string; readonly sessionId: string }): string {
  return `${agent} ${sessionId}`;
}
