import type * as vscode from 'vscode';
import { policySentence } from '../../checkpoints/keep/retention.ts';
import { sentenceWords } from '../failureWords.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

/** A list that changes is being worked on: measured when it has been quiet. */
const quietMs = 5000;
const mostOftenMs = 3 * 60_000;

interface Measured {
  /** of which list, and when, by a clock that nobody sets */
  readonly list: string;
  readonly at: number;
}

/** Measures what each folder's checkpoints take on disk, for the panel: late and seldom, as git has to look at all of them. */
export class CheckpointSizes implements vscode.Disposable {
  readonly #folders: WorkspaceFolders;
  readonly #measured = new WeakMap<FolderCheckpoints, Measured>();
  readonly #subscription: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #isMeasuring = false;

  constructor(folders: WorkspaceFolders) {
    this.#folders = folders;
    this.#subscription = folders.onDidChange(() => this.#soon());
  }

  /** When the next one that needs it may be measured; nothing where none does. */
  #soon(): void {
    const waits = this.#folders.representatives().flatMap((folder) => {
      const last = this.#measured.get(folder);
      if (!folder.isReady || last?.list === listOf(folder)) return [];
      return [Math.max(quietMs, last ? last.at + mostOftenMs - performance.now() : 0)];
    });
    clearTimeout(this.#timer);
    if (waits.length > 0) this.#timer = setTimeout(() => void this.#measure(), Math.min(...waits));
  }

  async #measure(): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    try {
      for (const folder of this.#folders.representatives()) {
        const last = this.#measured.get(folder);
        const isDue = last?.list !== listOf(folder) && performance.now() - (last?.at ?? -Infinity) >= mostOftenMs;
        if (!folder.isReady || !isDue) continue;
        // Remembered even if it fails: it would fail again and again.
        this.#measured.set(folder, { list: listOf(folder), at: performance.now() });
        const [size, settings] = await Promise.all([
          folder.inBackground((checkpoints) => checkpoints.keeping.measure()),
          folder.inBackground((checkpoints) => checkpoints.settings()),
        ]);
        if (size.ok && settings.ok) {
          folder.showDisk({ bytes: size.value.bytes, policy: sentenceWords(policySentence(settings.value.retention)) });
        }
      }
    } finally {
      this.#isMeasuring = false;
    }
    this.#soon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
  }
}

/** Changes whenever a checkpoint comes or goes. */
function listOf(folder: FolderCheckpoints): string {
  const { checkpoints } = folder.view();
  return `${checkpoints.length} ${checkpoints[0]?.id ?? ''} ${checkpoints.at(-1)?.id ?? ''}`;
}
