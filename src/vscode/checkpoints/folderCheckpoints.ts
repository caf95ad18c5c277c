import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Checkpoints } from '../../checkpoints/checkpoints.ts';
import type { CheckpointFailure, CheckpointReason } from '../../checkpoints/failure.ts';
import type { CheckpointsOverview } from '../../checkpoints/view/overview.ts';
import type { LauncherTarget } from '../../install/launcher.ts';
import type { FolderProblem, FolderView } from '../../protocol/panel.ts';
import { fail, type Result } from '../../protocol/result.ts';
import { said } from '../../protocol/sentence.ts';
import { makePrivateFolder } from '../../store/atomicFile.ts';
import { errorText } from '../../store/errno.ts';
import { OneAtATime } from '../../store/oneAtATime.ts';
import { failureWords } from '../failureWords.ts';
import { editorLanguage } from '../language.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';
import { logged } from '../unwaited.ts';
import { checkpointEngine } from './checkpointEngine.ts';
import { HooksOfFolder } from './hooksOfFolder.ts';
import { overviewWords } from './labelWords.ts';

const refreshDelayMs = 80;
const startDelayMs = 200;

/** Longer than a checkpoint of anything takes, unless something hangs. */
const unaskedLimitMs = 120_000;

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
  readonly #hooks: HooksOfFolder;
  #checkpoints: Checkpoints | undefined;
  #overview: CheckpointsOverview = { branch: null, checkpoints: [], undoable: null, undoableTo: null };
  #problem: FolderProblem | null = 'untrusted';
  #detail = '';
  #busy: Busy = null;
  #disk: FolderView['disk'];
  #plan: FolderView['plan'];
  #verifyCommand: string | null = null;
  readonly #watchers: FSWatcher[] = [];
  readonly #listing = new OneAtATime(() => this.#list());
  #startTimer: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(folder: vscode.WorkspaceFolder, settings: () => Settings, launcher: Promise<LauncherTarget>, log: Log) {
    this.folder = folder;
    this.#settings = settings;
    this.#log = log;
    this.#hooks = new HooksOfFolder(folder, settings, launcher, log);
    this.#hooks.onDidChange(() => this.#changed.fire());
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

  /** Where the folder lies in its repository; "" for its top. */
  get scope(): string {
    return this.#checkpoints?.scope ?? '';
  }

  /** Id of the checkpoint that the reset which Undo takes back went to. */
  get undoableTo(): string | null {
    return this.#overview.undoableTo;
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
      ...(this.#disk ? { disk: this.#disk } : {}),
      ...(this.#plan ? { plan: this.#plan } : {}),
      verifyCommand: this.#verifyCommand,
      hooksInstalled: this.#hooks.state.installed,
      untrustedHooks: this.#hooks.state.untrusted,
      busy: this.#busy,
    };
  }

  /** Opens the repository, repairs what a killed process left, and begins to follow it. Answers whether a reset was found cut off. */
  async start(): Promise<{ readonly cutOffReset: boolean }> {
    const opened = await (await checkpointEngine()).open(this.root, { maxFileBytes: this.#settings().maxFileBytes });
    if (this.#disposed) return { cutOffReset: false };
    this.#unfollow();
    if (!opened.ok) {
      this.#fail(opened.failure);
      this.#follow(this.root, '.git', () => this.#startSoon());
      await this.#followFirstCheckpoint();
      await this.refreshHooks();
      return { cutOffReset: false };
    }
    this.#checkpoints = opened.value;
    for (const note of opened.value.notes) this.#log.info(`[checkpoints] ${note}`);
    // A folder without git can still become a repository, which then takes the checkpoints over.
    if (opened.value.repository.store?.kind === 'folder') this.#follow(this.root, '.git', () => this.#startSoon());
    this.#problem = null;
    const recovered = await opened.value.recover();
    if (!recovered.ok) this.#log.warn(`[checkpoints] recovery failed reason=${recovered.failure.reason}`);
    else if (recovered.value.healedRefs > 0) this.#log.warn(`[checkpoints] healed refs=${recovered.value.healedRefs}`);
    this.#follow(opened.value.repository.privateDir, 'last.json', () => this.#refreshSoon());
    await Promise.all([this.refresh(), this.refreshHooks()]);
    return { cutOffReset: recovered.ok && recovered.value.cutOffReset };
  }

  /** The hook, or somebody at a terminal, may be the first to save a folder that is no repository. */
  async #followFirstCheckpoint(): Promise<void> {
    const store = (await checkpointEngine()).storeFor(this.root);
    if (store === null || this.#problem !== 'not-a-repository') return;
    await makePrivateFolder(path.dirname(store));
    this.#follow(path.dirname(store), path.basename(store), () => this.#startSoon());
  }

  /** Whether it is no repository and has no checkpoints yet, but could have. */
  get isWithoutGit(): boolean {
    return this.#problem === 'not-a-repository';
  }

  /** Lets a folder without git have checkpoints, outside of it; answers why not. For when a person asks for the first one. */
  async makeStore(allowLarge = false): Promise<CheckpointFailure | null> {
    const { maxFileBytes } = this.#settings();
    const opened = await (
      await checkpointEngine()
    ).open(this.root, { maxFileBytes, newStoreAt: this.root, allowLarge });
    if (!opened.ok) return opened.failure;
    await this.start();
    return null;
  }

  #fail(failure: CheckpointFailure): void {
    this.#problem = problems[failure.reason] ?? 'failed';
    this.#detail = this.#problem === 'failed' ? failureWords(failure) : '';
    this.#log.info(`[checkpoints] unavailable reason=${failure.reason}`);
    this.#changed.fire();
  }

  /** Watches one name in a folder: the files there are replaced by rename, so watching the file itself would lose it. */
  #follow(folder: string, name: string, changed: () => void): void {
    if (this.#disposed) return;
    try {
      const watcher = watch(folder, (_event, file) => {
        if (file === name) changed();
      });
      this.#watchers.push(watcher);
      watcher.on('error', (error) => this.#log.warn(`[checkpoints] watch lost problem="${errorText(error)}"`));
    } catch (error) {
      // Out of watches: the list is still refreshed after our own actions and whenever the window gets the focus.
      this.#log.warn(`[checkpoints] not watching ${path.basename(folder)} problem="${errorText(error)}"`);
    }
  }

  #unfollow(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  /** What is just being made (`git init` makes a folder first) is no repository yet. */
  #startSoon(): void {
    clearTimeout(this.#startTimer);
    this.#startTimer = setTimeout(() => logged(this.start(), '[checkpoints] not opened', this.#log), startDelayMs);
  }

  #refreshSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => logged(this.refresh(), '[checkpoints] not listed', this.#log), refreshDelayMs);
  }

  refresh(): Promise<void> {
    return this.#listing.do();
  }

  async #list(): Promise<void> {
    const overview = await this.#checkpoints?.overview();
    if (!overview || this.#disposed) return;
    if (overview.ok) {
      this.#overview = overviewWords(overview.value, editorLanguage.t);
      this.#problem = null;
      this.#changed.fire();
    } else {
      this.#fail(overview.failure);
    }
  }

  refreshHooks(): Promise<void> {
    return this.#hooks.refresh();
  }

  /** Runs one action on the checkpoints and shows meanwhile what is going on. Aborted, its git is killed. */
  async run<Value>(
    busy: Exclude<Busy, null>,
    work: (checkpoints: Checkpoints) => Promise<Result<Value, CheckpointFailure>>,
    signal?: AbortSignal,
  ): Promise<Result<Value, CheckpointFailure>> {
    if (!this.#checkpoints) return this.#notOpen();
    this.#busy = busy;
    this.#changed.fire();
    try {
      return await (signal ? this.#openWith(signal, work) : work(this.#checkpoints));
    } finally {
      this.#busy = null;
      await this.refresh();
    }
  }

  /** Whether the files are changing because we change them. */
  get isResetting(): boolean {
    return this.#busy === 'reset';
  }

  /**
   * The same for work that nobody asked for, or that only reads: nothing is shown, and the list follows by the watched file. It ends at
   * the signal, or without one when it has kept others waiting for too long.
   */
  async inBackground<Value>(
    work: (checkpoints: Checkpoints) => Promise<Result<Value, CheckpointFailure>>,
    signal?: AbortSignal,
  ): Promise<Result<Value, CheckpointFailure>> {
    if (!this.#checkpoints) return this.#notOpen();
    return signal ? this.#openWith(signal, work) : this.#checkpoints.within(unaskedLimitMs, work);
  }

  async #openWith<Value>(
    signal: AbortSignal,
    work: (checkpoints: Checkpoints) => Promise<Result<Value, CheckpointFailure>>,
  ): Promise<Result<Value, CheckpointFailure>> {
    // A signal goes to every git of one opening.
    const opened = await (
      await checkpointEngine()
    ).open(this.root, { maxFileBytes: this.#settings().maxFileBytes, signal });
    return opened.ok ? work(opened.value) : opened;
  }

  #notOpen(): { readonly ok: false; readonly failure: CheckpointFailure } {
    return fail({ reason: 'not-a-repository', ...said('{0} has no repository that is open.', this.folder.name) });
  }

  showDisk(disk: NonNullable<FolderView['disk']>): void {
    this.#disk = disk;
    if (!this.#disposed) this.#changed.fire();
  }

  showPlan(plan: FolderView['plan']): void {
    this.#plan = plan;
    if (!this.#disposed) this.#changed.fire();
  }

  showVerifyCommand(command: string | null): void {
    if (command === this.#verifyCommand) return;
    this.#verifyCommand = command;
    if (!this.#disposed) this.#changed.fire();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#startTimer);
    this.#unfollow();
    this.#hooks.dispose();
    this.#changed.dispose();
  }
}
