const newline = 0x0a;

/**
 * Calls `visit` with start and end (without the line break) of every line in `bytes` that contains one of the markers, in order.
 * `bytes` holds whole lines. Everything else is passed over at the speed of a byte search: most of a transcript does not concern
 * the meter (ARCHITECTURE.md, Metering).
 */
export function forEachMarkedLine(
  bytes: Buffer,
  markers: readonly Buffer[],
  visit: (start: number, end: number) => void,
): void {
  const hits = markers.map((marker) => bytes.indexOf(marker));
  for (;;) {
    const hit = Math.min(...hits.map((at) => (at < 0 ? Infinity : at)));
    if (hit === Infinity) return;
    const start = bytes.lastIndexOf(newline, hit) + 1;
    const lineBreak = bytes.indexOf(newline, hit);
    const end = lineBreak < 0 ? bytes.length : lineBreak;
    visit(start, end);
    for (const [index, marker] of markers.entries()) {
      const at = hits[index];
      if (at !== undefined && at >= 0 && at < end) hits[index] = bytes.indexOf(marker, end);
    }
  }
}

export function hasMarker(bytes: Buffer, markers: readonly Buffer[]): boolean {
  return markers.some((marker) => bytes.includes(marker));
}

/** The text of a line, without the byte order mark some editors put at the start of a file. */
export function lineText(bytes: Buffer, start: number, end: number): string {
  const hasMark = bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  return bytes.toString('utf8', hasMark ? start + 3 : start, end);
}
