import * as vscode from 'vscode';
import type { LauncherTarget } from '../../install/launcher.ts';
import type { FolderView } from '../../protocol/panel.ts';
import { errorText } from '../../store/errno.ts';
import { logged } from '../unwaited.ts';
import { FolderCheckpoints } from './folderCheckpoints.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';

/** All workspace folders on disk, started once the workspace is trusted, following folders that come and go. */
export class WorkspaceFolders implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #cutOff = new vscode.EventEmitter<FolderCheckpoints>();
  /** a reset that was killed half-way was found in this folder */
  readonly onDidFindCutOffReset = this.#cutOff.event;
  readonly #folders = new Map<string, FolderCheckpoints>();
  readonly #make: (folder: vscode.WorkspaceFolder) => FolderCheckpoints;
  readonly #log: Log;
  readonly #subscriptions: vscode.Disposable[] = [];
  #loaded = false;
  /** settles when every folder has been looked at once */
  readonly whenLoaded: Promise<void>;

  constructor(settings: () => Settings, launcher: Promise<LauncherTarget>, log: Log) {
    this.#log = log;
    this.#make = (folder) => new FolderCheckpoints(folder, settings, launcher, log);
    this.#subscriptions.push(
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.#update()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#startAll([...this.#folders.values()])),
      // Whatever a watch may have missed (a settings file edited elsewhere, a branch switched) is right again on return.
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (!focused) return;
        for (const folder of this.#folders.values()) logged(this.#look(folder), '[checkpoints] not looked at', log);
      }),
    );
    // Starting git takes a few milliseconds each time: after activation, not in it.
    this.whenLoaded = new Promise((resolve) => setImmediate(resolve)).then(() => this.#update());
  }

  /** False until every folder has been looked at once. */
  get loaded(): boolean {
    return this.#loaded;
  }

  all(): readonly FolderCheckpoints[] {
    return [...this.#folders.values()];
  }

  find(root: string): FolderCheckpoints | undefined {
    return this.#folders.get(root);
  }

  /** Folders of one repository show one list: the first of them stands for the repository. */
  representatives(): readonly FolderCheckpoints[] {
    const tops = new Set<string>();
    return this.all().filter(
      ({ repositoryTop }) => repositoryTop === undefined || (!tops.has(repositoryTop) && tops.add(repositoryTop)),
    );
  }

  views(): readonly FolderView[] {
    return this.representatives().map((folder) => folder.view());
  }

  async #update(): Promise<void> {
    const present = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
    const roots = new Set(present.map((folder) => folder.uri.fsPath));
    for (const [root, folder] of this.#folders) {
      if (roots.has(root)) continue;
      folder.dispose();
      this.#folders.delete(root);
    }
    const added: FolderCheckpoints[] = [];
    for (const folder of present) {
      if (this.#folders.has(folder.uri.fsPath)) continue;
      const made = this.#make(folder);
      made.onDidChange(() => this.#changed.fire());
      this.#folders.set(folder.uri.fsPath, made);
      added.push(made);
    }
    await this.#startAll(added);
    this.#loaded = true;
    this.#changed.fire();
  }

  async #startAll(folders: readonly FolderCheckpoints[]): Promise<void> {
    // git runs programs that a repository's configuration names (filters, fsmonitor): never without trust.
    if (!vscode.workspace.isTrusted) return;
    await Promise.all(
      folders.map(async (folder) => {
        try {
          const { cutOffReset } = await folder.start();
          if (cutOffReset) this.#cutOff.fire(folder);
        } catch (error) {
          this.#log.error(`[checkpoints] start failed folder=${folder.folder.name}`, errorText(error));
        }
      }),
    );
  }

  async #look(folder: FolderCheckpoints): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    await Promise.all([folder.refresh(), folder.refreshHooks()]);
  }

  dispose(): void {
    for (const folder of this.#folders.values()) folder.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#cutOff.dispose();
  }
}
