import * as vscode from 'vscode';
import { logged } from '../unwaited.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import type { Log } from '../log.ts';
import type { RetentionActions } from './retentionActions.ts';
import type { RetentionSetting } from './retentionSetting.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const hourMs = 3_600_000;
/** After everything else that an editor does when it starts. */
const firstLookMs = 20_000;
const pruneEveryHours = 6;
/** Whoever said `Not Now` is left alone for a week. */
const askEveryMs = 7 * 24 * hourMs;

/** Keeps the retention policy while the editor is open; before a person has agreed to it once, it only asks. */
export class AutomaticPruning implements vscode.Disposable {
  readonly #folders: WorkspaceFolders;
  readonly #actions: () => Promise<RetentionActions>;
  readonly #memory: vscode.Memento;
  readonly #log: Log;
  readonly #subscription: vscode.Disposable;
  readonly #first: NodeJS.Timeout;
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor(
    folders: WorkspaceFolders,
    setting: RetentionSetting,
    actions: () => Promise<RetentionActions>,
    memory: vscode.Memento,
    log: Log,
  ) {
    this.#folders = folders;
    this.#actions = actions;
    this.#memory = memory;
    this.#log = log;
    const look = (work: Promise<void>): void => logged(work, '[checkpoints] pruning failed', log);
    this.#first = setTimeout(() => look(this.#lookAtAll()), firstLookMs);
    // A window can be open for weeks, and a machine sleep: often, as most looks end at a file's time.
    this.#timer = setInterval(() => look(this.#lookAtAll()), hourMs);
    // Whoever has just changed the policy wants to see what it does.
    this.#subscription = setting.onDidChange((folder) => look(this.#look(folder, true)));
  }

  async #lookAtAll(): Promise<void> {
    if (!vscode.workspace.isTrusted || this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const folder of this.#folders.representatives()) await this.#look(folder, false);
    } finally {
      this.#isLooking = false;
    }
  }

  async #look(folder: FolderCheckpoints, hasChanged: boolean): Promise<void> {
    if (!folder.isReady) return;
    const settings = await folder.inBackground((checkpoints) => checkpoints.settings());
    if (!settings.ok) return;
    if (!settings.value.pruningApproved) {
      await this.#ask(folder);
      return;
    }
    const pruned = await folder.inBackground((checkpoints) =>
      hasChanged ? checkpoints.keeping.prune() : checkpoints.keeping.pruneIfDue(pruneEveryHours),
    );
    if (!pruned.ok) this.#log.warn(`[checkpoints] pruning failed reason=${pruned.failure.reason}`);
    else if (pruned.value) this.#log.info(`[checkpoints] pruned count=${pruned.value.deleted.length}`);
  }

  async #ask(folder: FolderCheckpoints): Promise<void> {
    const key = `pruning.askedAt ${folder.repositoryTop ?? folder.root}`;
    const askedAt = this.#memory.get<number>(key, 0);
    const age = Date.now() - askedAt;
    // Later than now: the clock was set back since.
    if (age >= 0 && age < askEveryMs) return;
    if ((await (await this.#actions()).propose(folder)) === 'asked') await this.#memory.update(key, Date.now());
  }

  dispose(): void {
    clearTimeout(this.#first);
    clearInterval(this.#timer);
    this.#subscription.dispose();
  }
}
