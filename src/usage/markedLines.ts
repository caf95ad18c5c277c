import type { LinePicker } from '../agents/agent.ts';

const newline = 0x0a;

/**
 * Calls `visit` with start and end (without the line break) of every line in `bytes` that contains one of the markers, in order.
 * `bytes` holds whole lines. Everything else is passed over at the speed of a byte search: most of a transcript does not concern
 * the meter (ARCHITECTURE.md, Metering).
 */
function forEachMarkedLine(
  bytes: Buffer,
  markers: readonly Buffer[],
  visit: (start: number, end: number) => void,
): void {
  const hits = markers.map((marker) => placeOf(bytes, marker, 0));
  for (;;) {
    let hit = Infinity;
    for (const place of hits) if (place < hit) hit = place;
    if (hit === Infinity) return;
    const start = bytes.lastIndexOf(newline, hit) + 1;
    const lineBreak = bytes.indexOf(newline, hit);
    const end = lineBreak < 0 ? bytes.length : lineBreak;
    visit(start, end);
    for (let index = 0; index < markers.length; index += 1) {
      const marker = markers[index];
      if (marker !== undefined && (hits[index] ?? Infinity) < end) hits[index] = placeOf(bytes, marker, end);
    }
  }
}

function placeOf(bytes: Buffer, marker: Buffer, from: number): number {
  const at = bytes.indexOf(marker, from);
  return at < 0 ? Infinity : at;
}

/** Hands out whole lines with one of the markers. */
export function markerPicker(markers: readonly string[]): LinePicker {
  const bytes = markers.map((marker) => Buffer.from(marker));
  return (lines, visit) => {
    forEachMarkedLine(lines, bytes, (start, end) => visit(start, end, null));
  };
}

/** The text of a line, without the byte order mark some editors put at the start of a file. */
export function lineText(bytes: Buffer, start: number, end: number): string {
  const hasMark = bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  return bytes.toString('utf8', hasMark ? start + 3 : start, end);
}
