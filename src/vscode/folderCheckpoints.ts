import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { Checkpoints, type CheckpointsOverview } from '../checkpoints/checkpoints.ts';
import type { CheckpointFailure, CheckpointReason } from '../checkpoints/failure.ts';
import { isClaudeInstalled } from '../install/claudeInstall.ts';
import type { LauncherTarget } from '../install/launcher.ts';
import type { FolderProblem, FolderView } from '../protocol/panel.ts';
import { fail, type Result } from '../protocol/result.ts';
import { errorText } from '../store/errno.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';
import { editorSurroundings } from './surroundings.ts';

const refreshDelayMs = 80;

const problems: Partial<Record<CheckpointReason, FolderProblem>> = {
  'no-git': 'no-git',
  'git-too-old': 'git-too-old',
  'not-a-repository': 'not-a-repository',
};

/** What the panel calls `busy`, by the work that causes it. */
type Busy = FolderView['busy'];

/**
 * One workspace folder: its repository's checkpoints as a view, kept current by watching one file that every writer of
 * checkpoints (hook, CLI, other windows) replaces. No git runs before `start`, which is for trusted workspaces only.
 */
export class FolderCheckpoints implements vscode.Disposable {
  readonly folder: vscode.WorkspaceFolder;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #log: Log;
  readonly #settings: () => Settings;
  readonly #launcher: Promise<LauncherTarget>;
  readonly #settingsWatcher: vscode.FileSystemWatcher;
  #checkpoints: Checkpoints | undefined;
  #overview: CheckpointsOverview = { branch: null, checkpoints: [], undoable: null };
  #problem: FolderProblem | null = 'untrusted';
  #detail = '';
  #hooksInstalled = false;
  #busy: Busy = null;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(folder: vscode.WorkspaceFolder, settings: () => Settings, launcher: Promise<LauncherTarget>, log: Log) {
    this.folder = folder;
    // Installing from a terminal, or by hand, shows at once.
    this.#settingsWatcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(folder, '.claude/settings*.json'),
    );
    const refreshHooks = (): void => void this.refreshHooks();
    this.#settingsWatcher.onDidCreate(refreshHooks);
    this.#settingsWatcher.onDidChange(refreshHooks);
    this.#settingsWatcher.onDidDelete(refreshHooks);
    this.#settings = settings;
    this.#launcher = launcher;
    this.#log = log;
  }

  get root(): string {
    return this.folder.uri.fsPath;
  }

  /** The repository's top folder, once it is open. */
  get repositoryTop(): string | undefined {
    return this.#checkpoints?.repository.top;
  }

  get isReady(): boolean {
    return this.#checkpoints !== undefined;
  }

  view(): FolderView {
    return {
      root: this.root,
      name: this.folder.name,
      problem: this.#problem,
      detail: this.#detail,
      branch: this.#overview.branch,
      checkpoints: this.#overview.checkpoints,
      undoable: this.#overview.undoable,
      hooksInstalled: this.#hooksInstalled,
      busy: this.#busy,
    };
  }

  /** Opens the repository, repairs what a killed process left, and begins to follow it. Answers whether a reset was found cut off. */
  async start(): Promise<{ readonly cutOffReset: boolean }> {
    const opened = await Checkpoints.open(this.root, { maxFileBytes: this.#settings().maxFileBytes });
    if (this.#disposed) return { cutOffReset: false };
    if (!opened.ok) {
      this.#fail(opened.failure);
      this.#follow(this.root, '.git', () => void this.start());
      await this.refreshHooks();
      return { cutOffReset: false };
    }
    this.#checkpoints = opened.value;
    this.#problem = null;
    const recovered = await opened.value.recover();
    if (!recovered.ok) this.#log.warn(`[checkpoints] recovery failed reason=${recovered.failure.reason}`);
    else if (recovered.value.healedRefs > 0) this.#log.warn(`[checkpoints] healed refs=${recovered.value.healedRefs}`);
    this.#follow(opened.value.repository.privateDir, 'last.json', () => this.#refreshSoon());
    await Promise.all([this.refresh(), this.refreshHooks()]);
    return { cutOffReset: recovered.ok && recovered.value.cutOffReset };
  }

  #fail(failure: CheckpointFailure): void {
    this.#problem = problems[failure.reason] ?? 'failed';
    this.#detail = this.#problem === 'failed' ? failure.message : '';
    this.#log.info(`[checkpoints] unavailable reason=${failure.reason}`);
    this.#changed.fire();
  }

  /** Watches one name in a folder: the files there are replaced by rename, so watching the file itself would lose it. */
  #follow(folder: string, name: string, changed: () => void): void {
    this.#watcher?.close();
    if (this.#disposed) return;
    try {
      this.#watcher = watch(folder, (_event, file) => {
        if (file === name) changed();
      });
      this.#watcher.on('error', (error) => this.#log.warn(`[checkpoints] watch lost problem="${errorText(error)}"`));
    } catch (error) {
      // Out of watches: the list is still refreshed after our own actions and whenever the window gets the focus.
      this.#log.warn(`[checkpoints] not watching ${path.basename(folder)} problem="${errorText(error)}"`);
    }
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), refreshDelayMs);
  }

  async refresh(): Promise<void> {
    const overview = await this.#checkpoints?.overview();
    if (!overview || this.#disposed) return;
    if (overview.ok) {
      this.#overview = overview.value;
      this.#problem = null;
      this.#changed.fire();
    } else {
      this.#fail(overview.failure);
    }
  }

  async refreshHooks(): Promise<void> {
    const surroundings = editorSurroundings(this.#settings());
    const launcher = await this.#launcher;
    this.#hooksInstalled = await isClaudeInstalled({ projectDir: this.root, surroundings, launcher });
    if (!this.#disposed) this.#changed.fire();
  }

  /** Runs one action on the checkpoints and shows meanwhile what is going on. */
  async run<Value>(
    busy: Exclude<Busy, null>,
    work: (checkpoints: Checkpoints) => Promise<Result<Value, CheckpointFailure>>,
  ): Promise<Result<Value, CheckpointFailure>> {
    if (!this.#checkpoints) {
      return fail({ reason: 'not-a-repository', message: `${this.folder.name} has no repository that is open.` });
    }
    this.#busy = busy;
    this.#changed.fire();
    try {
      return await work(this.#checkpoints);
    } finally {
      this.#busy = null;
      await this.refresh();
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#settingsWatcher.dispose();
    this.#changed.dispose();
  }
}
