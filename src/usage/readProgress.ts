import type { ScanCounts } from '../protocol/usage.ts';
import type { Progress } from './progress.ts';

/**
 * How far transcripts are read, by the hash of their path. What was read of those that are there is summed up as it changes: every picture
 * of usage tells it, and there can be thousands.
 */
export class ReadProgress extends Map<number, Progress> {
  #counted: ReadonlySet<number> = new Set();
  #files = 0;
  #bytes = 0;
  #rows = 0;
  #bad = 0;

  /** Sums up these from now on. */
  countThese(pathHashes: ReadonlySet<number>): void {
    this.#counted = pathHashes;
    this.#files = this.#bytes = this.#rows = this.#bad = 0;
    for (const hash of pathHashes) this.#add(this.get(hash), 1);
  }

  /** `rows` told something of use, `skipped` are broken lines. */
  counts(): ScanCounts {
    return { files: this.#files, bytes: this.#bytes, rows: this.#rows, skipped: this.#bad };
  }

  override set(pathHash: number, progress: Progress): this {
    if (this.#counted.has(pathHash)) {
      this.#add(this.get(pathHash), -1);
      this.#add(progress, 1);
    }
    return super.set(pathHash, progress);
  }

  override delete(pathHash: number): boolean {
    if (this.#counted.has(pathHash)) this.#add(this.get(pathHash), -1);
    return super.delete(pathHash);
  }

  override clear(): void {
    super.clear();
    this.#files = this.#bytes = this.#rows = this.#bad = 0;
  }

  #add(progress: Progress | undefined, sign: 1 | -1): void {
    if (progress === undefined) return;
    this.#files += sign;
    this.#bytes += sign * progress.size;
    this.#rows += sign * (progress.rows + progress.pendingRows);
    this.#bad += sign * progress.bad;
  }
}
