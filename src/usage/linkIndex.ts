/** Finds the row that has a link: open addressing over the rows' own columns, which hold the links; four bytes a slot. */
export class LinkIndex {
  readonly #hasLink: (row: number, link: number) => boolean;
  readonly #linksOf: (row: number) => readonly number[];
  /** row + 1; 0 is free */
  #slots: Int32Array;
  #used = 0;

  constructor(
    hasLink: (row: number, link: number) => boolean,
    linksOf: (row: number) => readonly number[],
    rows: number,
  ) {
    this.#hasLink = hasLink;
    this.#linksOf = linksOf;
    this.#slots = new Int32Array(sizeFor(2 * rows));
  }

  /** -1 if no row has it. */
  find(link: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = link & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row < 0 || this.#hasLink(row, link)) return row;
    }
  }

  /** The row must have the link already. */
  add(link: number, row: number): void {
    if (2 * (this.#used + 1) > this.#slots.length) this.#grow();
    this.#insert(link, row);
  }

  #insert(link: number, row: number): void {
    const mask = this.#slots.length - 1;
    let slot = link & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = row + 1;
    this.#used += 1;
  }

  #grow(): void {
    const rows = new Set<number>();
    for (const entry of this.#slots) if (entry !== 0) rows.add(entry - 1);
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#used = 0;
    for (const row of rows) for (const link of this.#linksOf(row)) if (link !== 0) this.#insert(link, row);
  }
}

/** At most half full, and a power of two. */
function sizeFor(links: number): number {
  return 2 ** Math.max(12, Math.ceil(Math.log2(2 * links + 1)));
}
