import { realpathSync } from 'node:fs';
import * as vscode from 'vscode';
import { gaugeState } from '../budget/gauge.ts';
import type { Budgets } from '../protocol/budgets.ts';
import type { GaugeState, WindowState } from '../protocol/gauge.ts';
import type { FolderView, PanelSnapshot } from '../protocol/panel.ts';
import type { SessionUsage, UsageSnapshot } from '../protocol/usage.ts';
import type { RecoveryPart } from './recovery/recoveryPart.ts';
import type { Settings } from './settings.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';

/** At most four pictures a second (each is a message to a browser frame); a single change is shown at once. */
const intervalMs = 250;
/** Windows end and sessions age without any event. */
const tickMs = 30_000;

const nothingUsed: UsageSnapshot = {
  sessions: [],
  readings: [],
  timeline: [],
  progress: null,
  scanned: { files: 0, bytes: 0, rows: 0, skipped: 0 },
};

/** What else a snapshot shows, from a part that is loaded after activation. `folders` are real paths of the workspace's folders. */
export interface SnapshotPart {
  readonly onDidChange: vscode.Event<void>;
  part(
    usage: UsageSnapshot,
    views: readonly FolderView[],
    folders: readonly string[],
    now: number,
  ): Partial<PanelSnapshot>;
}

/** What a window's reserve is where it is learned, from a part that is loaded after activation too. */
export interface ReserveSource {
  readonly onDidChange: vscode.Event<void>;
  of(window: Pick<WindowState, 'agent' | 'account' | 'id'>, cwd: string | undefined): number | null;
}

/** The one owner of what is shown: status bar and panel both draw its snapshots, so they cannot disagree. */
export class AppState implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<PanelSnapshot>();
  readonly onDidChange = this.#changed.event;
  readonly #folders: WorkspaceFolders;
  readonly #settings: () => Settings;
  readonly #recovery: RecoveryPart;
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #tick: NodeJS.Timeout;
  #usage = nothingUsed;
  #part: SnapshotPart | undefined;
  #reserve: ReserveSource | undefined;
  #revision = 0;
  #lastAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    folders: WorkspaceFolders,
    onDidChangeUsage: vscode.Event<UsageSnapshot>,
    settings: () => Settings,
    recovery: RecoveryPart,
  ) {
    this.#folders = folders;
    this.#recovery = recovery;
    this.#settings = settings;
    this.#subscriptions.push(
      folders.onDidChange(() => this.update()),
      recovery.onDidChange(() => this.update()),
      onDidChangeUsage((usage) => {
        this.#usage = usage;
        this.update();
      }),
    );
    this.#tick = setInterval(() => this.update(), tickMs);
  }

  /** From now on snapshots show this too. */
  join(part: SnapshotPart, reserve: ReserveSource): void {
    this.#part = part;
    this.#reserve = reserve;
    this.#subscriptions.push(
      part.onDidChange(() => this.update()),
      reserve.onDidChange(() => this.update()),
    );
    this.update();
  }

  /** A picture of this moment, newer than all before it. */
  snapshot(): PanelSnapshot {
    const now = Date.now();
    const views = this.#folders.views().map((view) => this.#recovery.withInterruption(view));
    return {
      ...this.#part?.part(this.#usage, views, this.#realFolders(), now),
      type: 'snapshot',
      revision: ++this.#revision,
      loaded: this.#folders.loaded,
      now,
      gauge: this.gauge(now),
      folders: views,
    };
  }

  gauge(now = Date.now()): GaugeState {
    const { reservePercent, budgets } = this.#settings();
    const [usage, folders] = [this.#usage, this.#realFolders()];
    const learnedReserve = (window: Parameters<ReserveSource['of']>[0]) =>
      this.#reserve?.of(window, folders[0]) ?? null;
    return gaugeState({ usage, folders, now, reservePercent, learnedReserve, budgets });
  }

  #realFolders(): readonly string[] {
    return this.#folders.all().map(({ root }) => realPath(root));
  }

  budgets(): Budgets {
    return this.#settings().budgets;
  }

  sessions(): readonly SessionUsage[] {
    return this.#usage.sessions;
  }

  /** Something changed: draw soon. */
  update(): void {
    if (this.#timer) return;
    const wait = Math.max(0, this.#lastAt + intervalMs - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastAt = Date.now();
      this.#changed.fire(this.snapshot());
    }, wait);
  }

  dispose(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

/** Agents record the real path of their working directory; a workspace can be opened through a link. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
