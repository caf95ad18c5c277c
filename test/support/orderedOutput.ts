/**
 * Lets several writers run at once and their output still read as if one had followed the other: the first unfinished writer's goes out
 * at once, the others' is held back until it is their turn.
 */
export class OrderedOutput {
  readonly #write: (text: string | Uint8Array) => void;
  readonly #turns: Turn[] = [];

  constructor(write: (text: string | Uint8Array) => void) {
    this.#write = write;
  }

  /** The next place in the order. */
  open(): Turn {
    const turn = new Turn(this.#write, () => this.#advance());
    this.#turns.push(turn);
    this.#advance();
    return turn;
  }

  #advance(): void {
    for (const turn of this.#turns) {
      turn.goLive();
      if (!turn.isClosed) return;
    }
  }
}

/** One writer's place. */
export class Turn {
  readonly #held: (string | Uint8Array)[] = [];
  readonly #write: (text: string | Uint8Array) => void;
  readonly #closed: () => void;
  #isLive = false;
  isClosed = false;

  constructor(write: (text: string | Uint8Array) => void, closed: () => void) {
    this.#write = write;
    this.#closed = closed;
  }

  write(text: string | Uint8Array): void {
    if (this.#isLive) this.#write(text);
    else this.#held.push(text);
  }

  close(): void {
    this.isClosed = true;
    this.#closed();
  }

  goLive(): void {
    this.#isLive = true;
    for (const text of this.#held.splice(0)) this.#write(text);
  }
}
