import type { LinePart } from './agent.ts';

/** The text of a line's part. */
export function linePartText({ bytes, start, cutStart, cutEnd, end, instead }: LinePart): string {
  return bytes.toString('utf8', start, cutStart) + instead + bytes.toString('utf8', cutEnd, end);
}
