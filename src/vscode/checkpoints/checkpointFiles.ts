import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { ComparedSide } from '../../checkpoints/view/comparison.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { pickFolder } from './pickFolder.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** Documents with these addresses are files as a checkpoint holds them. */
export const checkpointScheme = 'soft-landing';

/** What an address says beside its path, which is there for titles, icons and languages only. Anybody can make one up. */
const addressSchema = v.object({
  root: v.string(),
  /** relative to the repository's top folder */
  file: v.string(),
  checkpoint: v.nullable(v.string()),
  tree: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)),
});
type Address = v.InferOutput<typeof addressSchema>;

/** The address of a file as one side of a comparison holds it. */
export function checkpointFileUri(folder: FolderCheckpoints, side: ComparedSide, file: string): vscode.Uri {
  const { checkpoint, tree } = side;
  const address: Address = { root: folder.root, file, checkpoint, tree };
  const place = vscode.Uri.file(path.join(folder.repositoryTop ?? folder.root, file));
  return place.with({ scheme: checkpointScheme, query: JSON.stringify(address) });
}

/** VS Code asks for a file's size, then for its bytes. */
const keptMs = 10_000;
/** A comparison of a thousand files must not start a thousand gits. */
const mostAtOnce = 4;

/**
 * Files as checkpoints hold them, read-only. Bytes, not text: images and other binary files show as what they are, and an encoding
 * is the user's to choose.
 */
export class CheckpointFiles implements vscode.FileSystemProvider {
  readonly #folders: WorkspaceFolders;
  readonly #kept = new Map<string, Promise<Uint8Array>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  readonly onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]> = () => new vscode.Disposable(() => undefined);

  constructor(folders: WorkspaceFolders) {
    this.#folders = folders;
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

  async #read(uri: vscode.Uri): Promise<Uint8Array> {
    const { FileSystemError } = vscode;
    const parsed = v.safeParse(addressSchema, parseJson(uri.query));
    if (!parsed.success) throw FileSystemError.FileNotFound(t('This is not the address of a file in a checkpoint.'));
    const { root, file, checkpoint, tree } = parsed.output;
    const folder = await pickFolder(this.#folders, root);
    if (!folder) throw FileSystemError.FileNotFound(t('The folder {0} is not open.', root));
    const read = await folder.inBackground((checkpoints) =>
      checkpoint === null ? checkpoints.view.fileIn(tree, file) : checkpoints.view.fileAt(checkpoint, file),
    );
    if (read.ok && read.value) return read.value;
    if (read.ok) throw FileSystemError.FileNotFound(t('{0} is not in this checkpoint.', file));
    if (read.failure.reason === 'not-found') {
      throw FileSystemError.FileNotFound(t('This checkpoint has been deleted, so {0} cannot be shown.', file));
    }
    throw FileSystemError.Unavailable(read.failure.message);
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
