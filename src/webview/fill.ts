/** Puts values where a text has `{0}`, `{1}`. */
export function fill(template: string, ...values: readonly string[]): string {
  return template.replace(/\{(\d)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}

/** The one of two texts that goes with the count; the values, the written count among them, are filled in. */
export function counted(pair: readonly [string, string], count: number, ...values: readonly string[]): string {
  return fill(pair[count === 1 ? 0 : 1], ...values);
}

/** The name of something that has an id; unknown ids stay as they are. */
export function named(names: Readonly<Record<string, string>>, id: string): string {
  return names[id] ?? id;
}
