import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { AmbientRepository } from './ambientRepository.ts';
import type { FolderCheckpoints } from '../checkpoints/folderCheckpoints.ts';

/** One workspace folder, as a part of the repository it lies in: its watcher, and what its files are called there. */
export class AmbientFolder implements vscode.Disposable {
  readonly folder: FolderCheckpoints;
  readonly repository: AmbientRepository;
  readonly #watcher: vscode.FileSystemWatcher;
  /** from the repository's top folder to this one; git names the top by its real path, and the workspace may go through a link */
  #prefix: string;

  constructor(folder: FolderCheckpoints, repository: AmbientRepository) {
    this.folder = folder;
    this.repository = repository;
    const top = folder.repositoryTop ?? folder.root;
    this.#prefix = path.relative(top, folder.root);
    void realpath(folder.root).then(
      (real) => (this.#prefix = path.relative(top, real)),
      // The folder is gone, and will be here no more in a moment.
      () => undefined,
    );
    // The editor watches its folders anyway and answers from that; what the user excluded (files.watcherExclude) stays out.
    this.#watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder.folder, '**/*'));
    const changed = (uri: vscode.Uri): void => {
      const file = this.pathOf(uri);
      if (file !== null) repository.changed(file);
    };
    this.#watcher.onDidCreate(changed);
    this.#watcher.onDidChange(changed);
    this.#watcher.onDidDelete(changed);
  }

  /** The path relative to the repository's top folder, with `/`; null for what is not in this folder, and for git's own files. */
  pathOf(uri: vscode.Uri): string | null {
    if (uri.scheme !== 'file') return null;
    const inside = path.relative(this.folder.root, uri.fsPath);
    const parts = inside.split(path.sep);
    if (inside === '' || path.isAbsolute(inside) || parts[0] === '..' || parts.includes('.git')) return null;
    return path.join(this.#prefix, inside).split(path.sep).join('/');
  }

  dispose(): void {
    this.#watcher.dispose();
  }
}
