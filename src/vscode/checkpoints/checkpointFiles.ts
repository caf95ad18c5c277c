import * as vscode from 'vscode';

const { t } = vscode.l10n;

/** Documents with these addresses are files as a checkpoint holds them. */
export const checkpointScheme = 'soft-landing';

/** VS Code asks for a file's size, then for its bytes. */
const keptMs = 10_000;
/** A comparison of a thousand files must not start a thousand gits. */
const mostAtOnce = 4;

/**
 * Files as checkpoints hold them, read-only. Bytes, not text: images and other binary files show as what they are, and an encoding
 * is the user's to choose.
 */
export class CheckpointFiles implements vscode.FileSystemProvider {
  readonly #read: (uri: vscode.Uri) => Promise<Uint8Array>;
  readonly #kept = new Map<string, Promise<Uint8Array>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  readonly onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]> = () => new vscode.Disposable(() => undefined);

  /** @param read throws FileSystemError where there is no such file */
  constructor(read: (uri: vscode.Uri) => Promise<Uint8Array>) {
    this.#read = read;
  }

  register(): vscode.Disposable {
    return vscode.workspace.registerFileSystemProvider(checkpointScheme, this, {
      isReadonly: true,
      isCaseSensitive: true,
    });
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { byteLength } = await this.readFile(uri);
    const { FileType, FilePermission } = vscode;
    // A checkpoint's file never changes; a symbolic link is shown as the text that git keeps of it: its target.
    return { type: FileType.File, ctime: 0, mtime: 0, size: byteLength, permissions: FilePermission.Readonly };
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const key = uri.toString();
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const reading = this.#inTurn(() => this.#read(uri));
    this.#kept.set(key, reading);
    const forget = (): void => void this.#kept.delete(key);
    reading.then(() => setTimeout(forget, keptMs).unref(), forget);
    return reading;
  }

  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#running >= mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): never {
    throw vscode.FileSystemError.NoPermissions(t('Only single files of a checkpoint can be opened.'));
  }

  createDirectory(): never {
    return this.#refuse();
  }

  writeFile(): never {
    return this.#refuse();
  }

  delete(): never {
    return this.#refuse();
  }

  rename(): never {
    return this.#refuse();
  }

  #refuse(): never {
    throw vscode.FileSystemError.NoPermissions(t('A checkpoint cannot be edited.'));
  }
}
