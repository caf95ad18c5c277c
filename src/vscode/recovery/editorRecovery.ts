/*
 * What the editor does about sessions that were cut off: notices them, tells of them once, and offers every way to go on. A bundle of its
 * own (`editorRecovery.cjs`).
 */
import { watch, type FSWatcher } from 'node:fs';
import * as vscode from 'vscode';
import type { Surroundings } from '../../agents/agent.ts';
import type { InterruptionView } from '../../protocol/interruption.ts';
import type { FolderView } from '../../protocol/panel.ts';
import { changeState, interruptionsFolder } from '../../recovery/interruptionStore.ts';
import { concerns, pendingIn } from '../../recovery/lookBack.ts';
import { viewOf, type StoredInterruption } from '../../recovery/report.ts';
import { SessionWatch } from '../../recovery/sessionWatch.ts';
import { makePrivateFolder } from '../../store/atomicFile.ts';
import { errorText } from '../../store/errno.ts';
import { OneAtATime } from '../../store/oneAtATime.ts';
import { stateFolder } from '../../store/stateFolder.ts';
import { checkpointEngine } from '../checkpoints/checkpointEngine.ts';
import type { WorkspaceFolders } from '../checkpoints/workspaceFolders.ts';
import type { Log } from '../log.ts';
import { GoOnTimer } from './goOnTimer.ts';
import { RecoveryActions } from './recoveryActions.ts';
import type { RecoveryAction } from './recoveryPart.ts';

interface Options {
  readonly folders: WorkspaceFolders;
  readonly surroundings: Surroundings;
  readonly log: Log;
  /** what is shown has changed */
  readonly changed: () => void;
}

const refreshDelayMs = 100;
/** What was cut off longer ago is no news. */
const newsMs = 12 * 3600_000;

export class EditorRecovery implements vscode.Disposable {
  readonly #options: Options;
  readonly #stateFolder: string;
  readonly #watch: SessionWatch;
  readonly #actions: RecoveryActions;
  readonly #timer: GoOnTimer;
  readonly #refreshing = new OneAtATime(() => this.#refreshNow());
  readonly #subscriptions: vscode.Disposable[] = [];
  #folderWatcher: FSWatcher | undefined;
  #pending: readonly StoredInterruption[] = [];
  #refreshTimer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(options: Options) {
    const { folders, surroundings, log } = options;
    this.#options = options;
    this.#stateFolder = stateFolder(surroundings);
    this.#actions = new RecoveryActions(this.#stateFolder, log);
    this.#timer = new GoOnTimer((due) => void this.#guard(() => this.#actions.offerToGoOn(due)));
    this.#watch = new SessionWatch({
      surroundings,
      stateFolder: this.#stateFolder,
      places: () => this.#places(),
      open: async (folder) =>
        (await checkpointEngine()).open(folder, { stateFolder: this.#stateFolder, newStoreAt: folder }),
      now: Date.now,
      onRecorded: ({ report }) => {
        log.info(`[recovery] recorded id=${report.id} agent=${report.agent} reason=${report.reason}`);
        this.#refreshSoon();
      },
      onLooked: () => this.#refreshSoon(),
      onProblem: (sentence) => log.warn(`[recovery] not read problem="${sentence}"`),
    });
    this.#subscriptions.push(
      vscode.window.onDidCloseTerminal(() => this.#watch.lookSoon()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#refreshSoon();
      }),
      folders.onDidChange(() => this.#refreshSoon()),
    );
    void this.#guard(() => this.#follow());
    void this.#watch.look();
  }

  /** The hook, the command line and other windows record and change interruptions, too. */
  async #follow(): Promise<void> {
    const folder = interruptionsFolder(this.#stateFolder);
    await makePrivateFolder(folder);
    if (this.#isDisposed) return;
    this.#folderWatcher = watch(folder, () => this.#refreshSoon());
    this.#folderWatcher.on('error', (error) =>
      this.#options.log.warn(`[recovery] watch lost problem="${errorText(error)}"`),
    );
  }

  #places(): readonly string[] {
    return this.#options.folders
      .all()
      .flatMap(({ root, repositoryTop }) => (repositoryTop === undefined ? [root] : [root, repositoryTop]));
  }

  #refreshSoon(): void {
    if (this.#isDisposed) return;
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = undefined;
      void this.#guard(() => this.#refresh());
    }, refreshDelayMs);
  }

  #refresh(): Promise<void> {
    return this.#refreshing.do();
  }

  async #refreshNow(): Promise<void> {
    const places = this.#places();
    const pending =
      places.length === 0 ? [] : await pendingIn({ stateFolder: this.#stateFolder, places, now: Date.now });
    if (this.#isDisposed) return;
    const isSame = JSON.stringify(pending) === JSON.stringify(this.#pending);
    this.#pending = pending;
    this.#timer.follow(pending);
    if (isSame) return;
    this.#options.changed();
    for (const stored of pending) await this.#tellOnce(stored);
  }

  /** One window tells of it, once; what is told of elsewhere, or was cut off long ago, is in the panel. */
  async #tellOnce(stored: StoredInterruption): Promise<void> {
    const { report, state } = stored;
    if (state.toldAt !== null) return;
    const now = Date.now();
    const taken = await changeState(this.#stateFolder, report.id, (known) =>
      known.toldAt === null ? { toldAt: now } : null,
    );
    if (taken !== null && now - report.at < newsMs)
      void this.#guard(() => this.#actions.tell(stored, this.#rootOf(stored)));
  }

  #rootOf(stored: StoredInterruption): string | undefined {
    return this.#options.folders
      .all()
      .find(({ root, repositoryTop }) => concerns(stored, [root, repositoryTop ?? root]))?.root;
  }

  /** Of a folder the newest. */
  view({ root, checkpoints }: FolderView): InterruptionView | undefined {
    const stored = this.#inFolder(root);
    return stored && viewOf(stored, Date.now(), checkpoints);
  }

  #inFolder(root: string): StoredInterruption | undefined {
    const folder = this.#options.folders.find(root);
    const places = folder?.repositoryTop === undefined ? [root] : [root, folder.repositoryTop];
    return this.#pending.find((stored) => concerns(stored, places));
  }

  async run(action: RecoveryAction, root: string | undefined): Promise<void> {
    await this.#refresh();
    const stored = root === undefined ? this.#pending[0] : this.#inFolder(root);
    if (stored === undefined) {
      void vscode.window.showInformationMessage(vscode.l10n.t('No agent was cut off here.'));
      return;
    }
    await this.#actions.run(action, stored);
    await this.#refresh();
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.log.error('[recovery] failed', error instanceof Error ? error : String(error));
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#refreshTimer);
    this.#folderWatcher?.close();
    this.#watch.close();
    this.#timer.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
