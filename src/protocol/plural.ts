/** "1 file", "2 files": in English, for the command line and the documents. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
