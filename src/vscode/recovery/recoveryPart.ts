import * as vscode from 'vscode';
import type { Surroundings } from '../../agents/agent.ts';
import type { FolderView } from '../../protocol/panel.ts';
import type { WorkspaceFolders } from '../checkpoints/workspaceFolders.ts';
import type { Log } from '../log.ts';
import { logged } from '../unwaited.ts';
import type { EditorRecovery } from './editorRecovery.ts';

/** What a person can do about a session that was cut off. */
export type RecoveryAction = 'goOn' | 'handOver' | 'openReport' | 'dismiss';

/**
 * The part of the editor that is about sessions that were cut off. Its code is a bundle of its own, loaded after activation and only where
 * the workspace is trusted: to record a cut it runs git.
 */
export class RecoveryPart implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #load: () => Promise<EditorRecovery>;
  readonly #log: Log;
  readonly #trust: vscode.Disposable;
  #loading: Promise<EditorRecovery> | undefined;
  #loaded: EditorRecovery | undefined;
  #isDisposed = false;

  constructor(folders: WorkspaceFolders, surroundings: () => Surroundings, log: Log) {
    this.#log = log;
    this.#load = async () => {
      const { EditorRecovery } = await import('./editorRecovery.ts');
      return new EditorRecovery({ folders, surroundings: surroundings(), log, changed: () => this.#changed.fire() });
    };
    const begin = (): void => {
      if (!vscode.workspace.isTrusted || this.#isDisposed) return;
      logged(this.#get(), '[recovery] not started', log);
    };
    void folders.whenLoaded.then(begin);
    this.#trust = vscode.workspace.onDidGrantWorkspaceTrust(begin);
  }

  async #get(): Promise<EditorRecovery> {
    this.#loading ??= this.#load();
    this.#loaded = await this.#loading;
    return this.#loaded;
  }

  /** The view with what was cut off in its folder. */
  withInterruption(view: FolderView): FolderView {
    const interruption = this.#loaded?.view(view);
    return interruption ? { ...view, interruption } : view;
  }

  async run(action: RecoveryAction, root: string | undefined): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      this.#log.info('[recovery] not in an untrusted workspace');
      return;
    }
    await (await this.#get()).run(action, root);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#trust.dispose();
    // What could not be loaded was told when it was begun.
    this.#loading?.then(
      (recovery) => recovery.dispose(),
      () => undefined,
    );
    this.#changed.dispose();
  }
}
