/** Rows that changed, each once. */
export class Changes {
  #rows: number[] = [];
  #isIn = new Uint8Array(1024);

  add(row: number): void {
    if (this.#isIn[row] === 1) return;
    if (row >= this.#isIn.length) {
      const larger = new Uint8Array(Math.max(row + 1, this.#isIn.length * 2));
      larger.set(this.#isIn);
      this.#isIn = larger;
    }
    this.#isIn[row] = 1;
    this.#rows.push(row);
  }

  get size(): number {
    return this.#rows.length;
  }

  take(): readonly number[] {
    const rows = this.#rows;
    for (const row of rows) this.#isIn[row] = 0;
    this.#rows = [];
    return rows;
  }
}
