/** What is known of every file that was read, whatever its format. */
export interface ReadCounts {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly rows: number;
  /** 1 if the last line is a whole row that only lacks its line break; not part of `rows` */
  readonly pendingRows: number;
  /** broken lines, and what was too long to keep in memory */
  readonly bad: number;
}
