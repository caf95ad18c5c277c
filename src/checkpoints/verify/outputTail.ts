/** More than a failing test suite prints at its end; what is before that is cut off. */
export const keptBytes = 64_000;

/** The last bytes of what a program prints, whatever it prints in all. */
export class OutputTail {
  readonly #most: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isCut = false;

  constructor(most = keptBytes) {
    this.#most = most;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Not at every chunk: joining them again and again would take quadratic time.
    if (this.#bytes > 2 * this.#most) this.#cut();
  }

  #cut(): void {
    const all = Buffer.concat(this.#chunks);
    if (all.length <= this.#most) return;
    // A copy, or the whole of it would stay in memory.
    this.#chunks = [Buffer.from(all.subarray(all.length - this.#most))];
    this.#bytes = this.#most;
    this.#isCut = true;
  }

  /** Whole lines where something was cut off; without the escape sequences that colour them. */
  text(): string {
    this.#cut();
    const text = Buffer.concat(this.#chunks).toString('utf8');
    const lineEnd = this.#isCut ? text.indexOf('\n') : -1;
    return plainText(text.slice(lineEnd + 1));
  }
}

// CSI and OSC sequences; what a terminal does with them nobody needs in a report, and a model even less. Not Node's
// `stripVTControlCharacters`, which leaves half of a window's title behind where that has spaces, nor strip-ansi (7.2), which takes all
// lines away from a sequence that has no end up to the next bell, and with them what failed: ours looks 500 characters far.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const escapes = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]{0,500}(?:\u0007|\u001B\\)|[@-Z\\^_])/g;

/** Text as a person would read it: no colours, and of a line that was drawn over again only the last state. */
export function plainText(text: string): string {
  return text
    .replace(escapes, '')
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n');
}

/** The last lines, for a message: no blank ones at the ends, bounded in number and length. */
export function lastLines(text: string, count: number, width = 300): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines
    .slice(-count)
    .map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line))
    .join('\n')
    .replace(/^\n+/, '');
}
