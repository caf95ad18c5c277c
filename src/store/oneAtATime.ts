/**
 * Work that looks at something and keeps what it saw: done by two at once, the slower would put an older picture over a newer one. So it is
 * done one at a time. Whoever asks while it is being done gets it done once more afterwards, together with all others who ask by then.
 */
export class OneAtATime {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Resolves when it has been done, begun after this call; rejects as the work does. */
  do(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#work().finally(() => (this.#running = null));
      return this.#running;
    }
    const again = (): Promise<void> => {
      this.#next = null;
      return this.do();
    };
    // That the one before failed is told to whoever asked for that.
    this.#next ??= this.#running.then(again, again);
    return this.#next;
  }
}
