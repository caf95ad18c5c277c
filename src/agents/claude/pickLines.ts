import type { LinePart, LinePicker } from '../agent.ts';
import { isAt } from './plainJson.ts';
import { editingTools, promptMarkers } from './transcriptTurn.ts';

// Nine tenths of a transcript's bytes are what tools gave back and what the model wrote. Both are passed over here without being parsed.
// A quote inside a text has a backslash before it, so a key with its quotes is never found inside one (ARCHITECTURE.md, Metering).

/**
 * What telling lines have, and those of tools' results, which are long and many, have not. How a marker begins decides what the search
 * costs: "usage" with its first quote takes half as long again, quotaLimits" twenty times as long as Limits".
 */
export const markers = ['usage"', 'Limits"', ...promptMarkers];

const newline = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const markerBytes = markers.map((marker) => Buffer.from(marker));
/** `"message":{`, searched for by its end, and a tool's call by that of `"tool_use"`: letters that text is full of make a search slow. */
const messageKey = Buffer.from('"message":{');
const messageEnd = Buffer.from('ge":{');
const callEnd = Buffer.from('_use"');
const ofPrompt = Buffer.from('"role":"user","content":"');
const ofResults = ['{"tool_use_id":', '{"type":"tool_result"'].map((block) =>
  Buffer.from(`"role":"user","content":[${block}`),
);
const content = Buffer.from('"content":[');
const afterContent = Buffer.from('],"stop_reason":');
/** What is left out has to be worth the cutting. */
const shortContent = 40;
/** Id, role and model of a message, which stand before its content. */
const longestHead = 400;
/** A path that is longer is read with the whole line. */
const longestCall = 600;

/**
 * Lines of a Claude Code transcript that may tell something. Of the model's rows the part is everything but the message's content; of that
 * only which file a tool edits stays. Joined around the gap it is JSON again only where the gap is between brackets that belong together.
 */
export const pickLines: LinePicker = (lines, visit) => {
  // A disk that lost a part of a file fills it with these: the halves of two lines, joined.
  const isSound = !lines.includes(0);
  let message = -1;
  for (let start = 0, end: number; start < lines.length; start = end + 1) {
    const lineBreak = lines.indexOf(newline, start);
    end = lineBreak < 0 ? lines.length : lineBreak;
    if (message < start) message = afterMessageKey(lines, start);
    const at = message;
    if (message >= end || !isSound) {
      if (hasMarker(lines.subarray(start, end))) visit(start, end, null);
    } else if (!ofResults.some((beginning) => isAt(lines, at, beginning))) {
      const line = lines.subarray(start, end);
      if (isAt(lines, at, ofPrompt)) visit(start, end, null);
      else {
        // The next line's, if not this one's.
        message = afterMessageKey(lines, at);
        const part = partOf(lines, line, start, at, message);
        if (part !== null || hasMarker(line)) visit(start, end, part);
      }
    }
  }
};

/**
 * @param start where the line begins in `lines`
 * @param from where the message begins, `second`: where another one does, which in a whole line is none of ours
 */
function partOf(lines: Buffer, line: Buffer, start: number, from: number, second: number): LinePart | null {
  const before = contentBegin(lines, from, start + line.length);
  const after = start + line.lastIndexOf(afterContent);
  if (before < 0 || after - before < shortContent || second < after) return null;
  const kept = keptOf(line, before - start, after - start);
  if (kept === null) return null;
  const end = start + line.length;
  return { bytes: lines, start, cutStart: before + kept, cutEnd: after, end, instead: kept === 0 ? '' : '}}' };
}

/** Just past the bracket that begins the message's content; -1 where it is not near. A loop: a search in so few bytes costs more to begin. */
function contentBegin(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < Math.min(end, from + longestHead); at += 1)
    if (bytes[at] === quote && isAt(bytes, at, content)) return at + content.length;
  return -1;
}

const callHead = Buffer.from('{"type":"tool_use","id":"');
const idEnd = Buffer.from('","name":"');
const editHeads = [...editingTools].flatMap((name) =>
  ['file_path', 'notebook_path'].map((key) => Buffer.from(`${name}","input":{"${key}":"`)),
);
const editNames = [...editingTools].map((name) => Buffer.from(`${name}"`));

/**
 * How many bytes of a message's content tell which file it edits, all else of it being of no concern; 0 for a content that edits nothing,
 * null where that is not seen at a glance.
 */
function keptOf(line: Buffer, begin: number, end: number): number | null {
  const isCall = isAt(line, begin, callHead);
  // Of several calls, or of one behind a text, the place is not known.
  const other = line.indexOf(callEnd, isCall ? begin + callHead.length : begin);
  if (other >= 0 && other < end) return null;
  if (!isCall) return 0;
  const idPast = textEnd(line, begin + callHead.length, Math.min(end, begin + longestCall));
  if (idPast === null || !isAt(line, idPast - 1, idEnd)) return null;
  const nameAt = idPast - 1 + idEnd.length;
  if (!editNames.some((name) => isAt(line, nameAt, name))) return 0;
  const head = editHeads.find((each) => isAt(line, nameAt, each));
  if (head === undefined) return null;
  const pathEnd = textEnd(line, nameAt + head.length, Math.min(end, begin + longestCall));
  return pathEnd === null ? null : pathEnd - begin;
}

/** Just past the quote that ends a text; null if that is not before `end`. */
function textEnd(bytes: Buffer, from: number, end: number): number | null {
  for (let at = from; at < end; at += 1) {
    if (bytes[at] === quote) return at + 1;
    if (bytes[at] === backslash) at += 1;
  }
  return null;
}

/** Just past the next key of a message, Infinity if there is none. */
function afterMessageKey(bytes: Buffer, from: number): number {
  const rest = messageKey.length - messageEnd.length;
  for (let at = from; (at = bytes.indexOf(messageEnd, at)) >= 0; at += messageEnd.length)
    if (at - rest >= from && isAt(bytes, at - rest, messageKey)) return at + messageEnd.length;
  return Infinity;
}

function hasMarker(line: Buffer): boolean {
  return markerBytes.some((marker) => line.includes(marker));
}
