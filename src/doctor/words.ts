/** How long ago in one unit, rounded down: `3 min ago`. Times to come (a clock that was set back) are named as such. */
export function ageWords(ms: number): string {
  if (ms < -60_000) return `${durationWords(-ms)} in the future`;
  return ms < 60_000 ? 'just now' : `${durationWords(ms)} ago`;
}

export function durationWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
