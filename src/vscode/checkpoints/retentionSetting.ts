import * as vscode from 'vscode';
import type { RetentionPolicy } from '../../checkpoints/keep/retention.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { retentionOf } from '../../checkpoints/keep/retentionValues.ts';
import type { Log } from '../log.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const section = 'softLanding.checkpoints.retention';

/**
 * Carries the setting `softLanding.checkpoints.retention` into each repository's own, where hook and command line find them too.
 * Only what a person has set: a default must not overrule what is in the repository's settings already.
 */
export class RetentionSetting implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<FolderCheckpoints>();
  /** somebody has changed the settings, and this folder has them now */
  readonly onDidChange = this.#changed.event;
  readonly #log: Log;
  readonly #seen = new WeakSet<FolderCheckpoints>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#log = log;
    this.#subscriptions = [
      folders.onDidChange(() => {
        for (const folder of folders.representatives()) {
          if (!folder.isReady || this.#seen.has(folder)) continue;
          this.#seen.add(folder);
          void this.#apply(folder, this.#settingsOf(folder, false));
        }
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        for (const folder of folders.representatives()) {
          if (!folder.isReady || !event.affectsConfiguration(section, folder.folder)) continue;
          void this.#apply(folder, this.#settingsOf(folder, true)).then((isSet) => {
            if (isSet) this.#changed.fire(folder);
          });
        }
      }),
    ];
  }

  /** @param orDefault whether what is not set (any more) is to be as it is by default */
  #settingsOf({ folder }: FolderCheckpoints, orDefault: boolean): Partial<RetentionPolicy> {
    const found = vscode.workspace.getConfiguration('softLanding', folder).inspect<unknown>('checkpoints.retention');
    const layers = [orDefault ? found?.defaultValue : undefined, found?.globalValue, found?.workspaceValue];
    const { policy, ignored } = retentionOf([...layers, found?.workspaceFolderValue]);
    for (const problem of ignored) this.#log.warn(`[settings] ignored key=${section} problem="${problem}"`);
    return policy;
  }

  async #apply(folder: FolderCheckpoints, changed: Partial<RetentionPolicy>): Promise<boolean> {
    const present = await folder.inBackground((checkpoints) => checkpoints.settings());
    if (!present.ok) return false;
    const retention = { ...present.value.retention, ...changed };
    if (JSON.stringify(retention) !== JSON.stringify(present.value.retention)) {
      const done = await folder.inBackground((checkpoints) => checkpoints.changeSettings({ retention }));
      if (!done.ok) {
        this.#log.warn(`[checkpoints] retention not set reason=${done.failure.reason}`);
        return false;
      }
    }
    return true;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
