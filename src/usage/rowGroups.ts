interface Group<Summary> {
  rows: number[];
  summary: Summary | null;
}

/**
 * Sums over groups of rows, kept current at the cost of the groups that changed. A group is summed anew, never corrected: costs are
 * floats, and what is added and taken away again leaves noise.
 */
export class RowGroups<Summary> {
  readonly #keyOf: (row: number) => number | null;
  readonly #sum: (rows: readonly number[]) => Summary;
  readonly #groups = new Map<number, Group<Summary>>();
  /** all groups, as they were last sorted; those without rows are over */
  #order: Group<Summary>[] = [];
  readonly #keys = new Map<number, number>();

  /** @param keyOf the group a row belongs to now; null for none */
  constructor(keyOf: (row: number) => number | null, sum: (rows: readonly number[]) => Summary) {
    this.#keyOf = keyOf;
    this.#sum = sum;
  }

  /** The row is new, or has changed. */
  touch(row: number): void {
    const before = this.#keys.get(row);
    const key = this.#keyOf(row);
    if (before !== undefined && before !== key) this.#leave(row, before);
    if (key === null) return;
    let group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, (group = { rows: [], summary: null }));
      this.#order.push(group);
    }
    group.summary = null;
    if (before === key) return;
    group.rows.push(row);
    this.#keys.set(row, key);
  }

  /** Drops the groups that `isOver` says, with all that is known of their rows. */
  drop(isOver: (summary: Summary) => boolean): void {
    for (const [key, group] of this.#groups) {
      if (group.summary === null || !isOver(group.summary)) continue;
      this.#groups.delete(key);
      for (const row of group.rows) this.#keys.delete(row);
      group.rows = [];
    }
  }

  /** In this order. What is in order already costs a glance: from one time to the next little moves. */
  sorted(compare: (a: Summary, b: Summary) => number): Summary[] {
    const summed: { readonly group: Group<Summary>; readonly summary: Summary }[] = [];
    for (const group of this.#order)
      if (group.rows.length > 0) summed.push({ group, summary: (group.summary ??= this.#sum(group.rows)) });
    summed.sort((a, b) => compare(a.summary, b.summary));
    this.#order = summed.map(({ group }) => group);
    return summed.map(({ summary }) => summary);
  }

  #leave(row: number, key: number): void {
    this.#keys.delete(row);
    const group = this.#groups.get(key);
    if (group === undefined) return;
    group.rows = group.rows.filter((each) => each !== row);
    group.summary = null;
    if (group.rows.length === 0) this.#groups.delete(key);
  }
}
