import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import type { ChangeSize, SizesMessage } from '../../protocol/panelPicture.ts';
import type { Result } from '../../protocol/result.ts';

type Pair = readonly [string, string];

/** Asks git how much lies between pairs of trees. */
export type MeasureTrees = (pairs: readonly Pair[]) => Promise<Result<readonly (ChangeSize | null)[], unknown>>;

/** Trees never change, so an answer holds for good; but nobody scrolls through more than this and back. */
const mostKept = 5000;

/** How much lies between checkpoints that the panel shows just now; asked once for each pair of trees. */
export class ChangeSizes {
  readonly #kept = new Map<string, ChangeSize>();

  /** Of pairs of checkpoints' ids; those that are not in the list are left out. */
  async answer(
    checkpoints: readonly CheckpointSummary[],
    pairs: readonly Pair[],
    measure: MeasureTrees,
  ): Promise<SizesMessage> {
    const wanted = new Set(pairs.flat());
    const trees = new Map(checkpoints.flatMap(({ id, tree }) => (wanted.has(id) ? [[id, tree] as const] : [])));
    const known = pairs.flatMap(([from, to]) => {
      const [before, after] = [trees.get(from), trees.get(to)];
      return before === undefined || after === undefined ? [] : [{ from, to, trees: [before, after] as const }];
    });
    const unknown = new Map(
      known.flatMap((each) => (this.#kept.has(keyOf(each.trees)) ? [] : [[keyOf(each.trees), each.trees] as const])),
    );
    if (unknown.size > 0) {
      const measured = await measure([...unknown.values()]);
      if (measured.ok) [...unknown.keys()].forEach((key, at) => this.#keep(key, measured.value[at] ?? null));
    }
    const sizes = known.flatMap(({ from, to, trees: pair }) => {
      const size = this.#kept.get(keyOf(pair));
      return size === undefined ? [] : [{ from, to, ...size }];
    });
    return { type: 'sizes', sizes };
  }

  #keep(key: string, size: ChangeSize | null): void {
    if (size === null) return;
    this.#kept.set(key, size);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function keyOf([from, to]: Pair): string {
  return `${from} ${to}`;
}
