import * as vscode from 'vscode';
import { AmbientFolder } from './ambientFolder.ts';
import { AmbientRepository } from './ambientRepository.ts';
import type { FolderCheckpoints } from '../checkpoints/folderCheckpoints.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';
import { TextEdits } from './textEdits.ts';
import type { WorkspaceFolders } from '../checkpoints/workspaceFolders.ts';

/** The editor waits 1.5 s for all that extensions do before a save, together; ours leaves the others something. */
const saveLimitMs = 1200;
/** Deletions and renames are rarer, and the editor waits longer for them. */
const fileLimitMs = 3000;

/**
 * Ambient checkpoints: tells each open repository what the editor sees of its files. Without trust, or turned off, it listens to
 * nothing.
 */
export class AmbientCheckpoints implements vscode.Disposable {
  readonly #folders: WorkspaceFolders;
  readonly #settings: () => Settings;
  readonly #log: Log;
  readonly #edits = new TextEdits();
  readonly #followed = new Map<FolderCheckpoints, AmbientFolder>();
  readonly #subscription: vscode.Disposable;
  #listening: vscode.Disposable | undefined;

  constructor(folders: WorkspaceFolders, settings: () => Settings, log: Log) {
    this.#folders = folders;
    this.#settings = settings;
    this.#log = log;
    this.#subscription = folders.onDidChange(() => this.update());
  }

  /** Follows the settings, trust, and folders that open, come and go. */
  update(): void {
    const isOn = this.#settings().ambientCheckpoints && vscode.workspace.isTrusted;
    const wanted = new Set(isOn ? this.#folders.all().filter((folder) => folder.isReady) : []);
    const before = this.#repositories();
    for (const [folder, followed] of this.#followed) {
      if (wanted.has(folder)) continue;
      followed.dispose();
      this.#followed.delete(folder);
    }
    for (const folder of wanted) if (!this.#followed.has(folder)) this.#follow(folder);
    const after = this.#repositories();
    for (const repository of before) if (!after.has(repository)) repository.dispose();
    if (after.size > 0) this.#listening ??= this.#listen();
    else {
      this.#listening?.dispose();
      this.#listening = undefined;
    }
  }

  #repositories(): Set<AmbientRepository> {
    return new Set([...this.#followed.values()].map(({ repository }) => repository));
  }

  /** Folders of one repository are one: a burst in both of them is one burst. */
  #follow(folder: FolderCheckpoints): void {
    const sibling = [...this.#followed.values()].find(
      (other) => other.folder.repositoryTop === folder.repositoryTop && folder.repositoryTop !== undefined,
    );
    const repository = sibling?.repository ?? this.#open(folder);
    this.#followed.set(folder, new AmbientFolder(folder, repository));
    if (!sibling) repository.start();
  }

  #open(first: FolderCheckpoints): AmbientRepository {
    // The folder that it began with may be closed before the others of the same repository.
    const folders = (): FolderCheckpoints[] =>
      [...this.#followed.values()].filter((one) => one.repository === repository).map(({ folder }) => folder);
    const repository = new AmbientRepository({
      inBackground: (work) => (folders()[0] ?? first).inBackground(work),
      newest: () => folders()[0]?.view().checkpoints[0],
      isResetting: () => folders().some((folder) => folder.isResetting),
      quietMs: () => this.#settings().ambientQuietSeconds * 1000,
      info: (line) => this.#log.info(line),
      warn: (line) => this.#log.warn(line),
    });
    return repository;
  }

  #listen(): vscode.Disposable {
    const { workspace } = vscode;
    return vscode.Disposable.from(
      workspace.onDidChangeTextDocument((event) => this.#textChanged(event)),
      workspace.onWillSaveTextDocument((event) => this.#willSave(event)),
      workspace.onDidSaveTextDocument((document) => this.#saved(document)),
      workspace.onDidCloseTextDocument(({ uri }) => this.#edits.closed(uri.toString())),
      workspace.onWillCreateFiles((event) => event.waitUntil(this.#beforeFiles(event.files))),
      workspace.onWillDeleteFiles((event) => event.waitUntil(this.#beforeFiles(event.files))),
      workspace.onWillRenameFiles((event) =>
        event.waitUntil(this.#beforeFiles(event.files.flatMap(({ oldUri, newUri }) => [oldUri, newUri]))),
      ),
    );
  }

  #find(uri: vscode.Uri): { readonly repository: AmbientRepository; readonly path: string } | undefined {
    for (const followed of this.#followed.values()) {
      const path = followed.pathOf(uri);
      if (path !== null) return { repository: followed.repository, path };
    }
    return undefined;
  }

  #textChanged({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const place = this.#find(document.uri);
    if (!place) return;
    const isLarge = this.#edits.changed(document.uri.toString(), {
      at: performance.now(),
      changes: contentChanges.map(({ range, rangeLength, text }) => ({
        replacedLines: range.end.line - range.start.line,
        replacedLength: rangeLength,
        text,
      })),
      isDirty: document.isDirty,
      isUndo: reason !== undefined,
    });
    // The buffer has changed, the file has not: now is before.
    if (isLarge) void place.repository.before();
  }

  #willSave(event: vscode.TextDocumentWillSaveEvent): void {
    const place = this.#find(event.document.uri);
    if (!place || !this.#edits.willSave(event.document.uri.toString(), performance.now())) return;
    event.waitUntil(place.repository.before(saveLimitMs));
  }

  #saved(document: vscode.TextDocument): void {
    const isLarge = this.#edits.saved(document.uri.toString());
    const place = this.#find(document.uri);
    if (!place) return;
    if (isLarge) place.repository.changed(place.path);
    else place.repository.typed(place.path);
  }

  async #beforeFiles(uris: readonly vscode.Uri[]): Promise<void> {
    const repositories = new Set(uris.flatMap((uri) => this.#find(uri)?.repository ?? []));
    await Promise.all([...repositories].map((repository) => repository.before(fileLimitMs)));
  }

  dispose(): void {
    this.#listening?.dispose();
    for (const repository of this.#repositories()) repository.dispose();
    for (const followed of this.#followed.values()) followed.dispose();
    this.#subscription.dispose();
  }
}
