import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FolderHooks } from '../../install/agentInstall.ts';
import type { LauncherTarget } from '../../install/launcher.ts';
import { errorText } from '../../store/errno.ts';
import { OneAtATime } from '../../store/oneAtATime.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';
import { editorSurroundings } from '../surroundings.ts';
import { logged } from '../unwaited.ts';

/** Below the folder. Those in the home are looked at when the window gets the focus. */
const settingsFiles =
  '{.claude/settings*.json,.codex/hooks.json,.gemini/settings.json,.opencode/plugin/soft-landing.js}';

/** Which agents have our hooks for one folder and run them; kept current, whoever installs or agrees. */
export class HooksOfFolder implements vscode.Disposable {
  readonly #root: string;
  readonly #settings: () => Settings;
  readonly #launcher: Promise<LauncherTarget>;
  readonly #log: Log;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #settingsWatcher: vscode.FileSystemWatcher;
  readonly #agreements = new Map<string, FSWatcher>();
  readonly #looking = new OneAtATime(() => this.#look());
  #state: FolderHooks = { installed: false, untrusted: [], agreements: [] };
  #isDisposed = false;

  constructor(folder: vscode.WorkspaceFolder, settings: () => Settings, launcher: Promise<LauncherTarget>, log: Log) {
    this.#root = folder.uri.fsPath;
    this.#settings = settings;
    this.#launcher = launcher;
    this.#log = log;
    // Installing from a terminal, or by hand, shows at once.
    this.#settingsWatcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, settingsFiles));
    const refresh = (): void => this.#refreshNow();
    this.#settingsWatcher.onDidCreate(refresh);
    this.#settingsWatcher.onDidChange(refresh);
    this.#settingsWatcher.onDidDelete(refresh);
  }

  get state(): FolderHooks {
    return this.#state;
  }

  #refreshNow(): void {
    logged(this.refresh(), '[hooks] not looked at', this.#log);
  }

  refresh(): Promise<void> {
    return this.#looking.do();
  }

  async #look(): Promise<void> {
    const surroundings = editorSurroundings(this.#settings());
    const launcher = await this.#launcher;
    // Not needed for the first picture of a folder.
    const { folderHooks } = await import('../../install/agentInstall.ts');
    const state = await folderHooks({ projectDir: this.#root, surroundings, launcher });
    if (this.#isDisposed) return;
    this.#state = state;
    this.#awaitAgreement(state.agreements);
    this.#changed.fire();
  }

  /** A person agrees in the agent, in a terminal of this window: without a watch the panel would go on asking for it. */
  #awaitAgreement(files: readonly string[]): void {
    for (const [file, watcher] of this.#agreements) {
      if (files.includes(file)) continue;
      watcher.close();
      this.#agreements.delete(file);
    }
    for (const file of files) {
      if (this.#agreements.has(file)) continue;
      try {
        const watcher = watch(path.dirname(file), (_event, name) => {
          if (name === path.basename(file)) this.#refreshNow();
        });
        watcher.on('error', (error) => this.#log.warn(`[hooks] watch lost problem="${errorText(error)}"`));
        this.#agreements.set(file, watcher);
      } catch (error) {
        this.#log.warn(`[hooks] not watching ${path.basename(file)} problem="${errorText(error)}"`);
      }
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#settingsWatcher.dispose();
    for (const watcher of this.#agreements.values()) watcher.close();
    this.#changed.dispose();
  }
}
