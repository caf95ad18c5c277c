import * as v from 'valibot';
import * as vscode from 'vscode';
import { checkpointModes, type CheckpointMode } from '../../checkpoints/repositorySettings.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import type { Log } from '../log.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const modeSchema = v.picklist(checkpointModes);

/**
 * Carries `softLanding.checkpoints.mode` into each repository's own settings, where hook and command line find it too. Only what a
 * person has set: the default must not overrule what was chosen with `soft-landing checkpoint mode`.
 */
export class CheckpointModeSetting implements vscode.Disposable {
  readonly #log: Log;
  readonly #subscriptions: vscode.Disposable[];
  readonly #applied = new WeakSet<FolderCheckpoints>();

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#log = log;
    this.#subscriptions = [
      folders.onDidChange(() => {
        const fresh = folders.all().filter((folder) => folder.isReady && !this.#applied.has(folder));
        for (const folder of fresh) {
          this.#applied.add(folder);
          const mode = this.#modeFor(folder);
          if (mode !== null) void this.#apply(folder, mode);
        }
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        for (const folder of folders.all()) {
          if (!event.affectsConfiguration('softLanding.checkpoints.mode', folder.folder)) continue;
          // Taken back: hidden again.
          if (folder.isReady) void this.#apply(folder, this.#modeFor(folder) ?? 'hidden');
        }
      }),
    ];
  }

  /** null: nobody has set it. */
  #modeFor({ folder }: FolderCheckpoints): CheckpointMode | null {
    const read = (key: string) => vscode.workspace.getConfiguration('softLanding', folder).inspect<unknown>(key);
    const found = read('checkpoints.mode');
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (value === undefined) return null;
    const parsed = v.safeParse(modeSchema, value);
    if (parsed.success) return parsed.output;
    this.#log.warn(`[settings] ignored key=softLanding.checkpoints.mode problem="${parsed.issues[0].message}"`);
    return null;
  }

  async #apply(folder: FolderCheckpoints, mode: CheckpointMode): Promise<void> {
    const present = await folder.inBackground((checkpoints) => checkpoints.mode());
    if (present.ok && present.value === mode) return;
    const done = await folder.inBackground((checkpoints) => checkpoints.setMode(mode));
    if (done.ok) this.#log.info(`[checkpoints] mode=${mode} folder=${folder.folder.name}`);
    else this.#log.warn(`[checkpoints] mode not set reason=${done.failure.reason}`);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
