import type { LinePicker } from '../agent.ts';
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
        const part = partOf(line, at - start, message - start);
        if (part !== null || hasMarker(line)) visit(start, end, part);
      }
    }
  }
};

/** @param from where the message begins; `second`: where another one does, which in a whole line is none of ours */
function partOf(line: Buffer, from: number, second: number): string | null {
  const before = line.indexOf(content, from);
  const after = line.lastIndexOf(afterContent);
  const begin = before + content.length;
  if (before < 0 || after - begin < shortContent || second < after) return null;
  const call = editOf(line, begin, after);
  return call === null ? null : line.toString('utf8', 0, begin) + call + line.toString('utf8', after);
}

const callHead = Buffer.from('{"type":"tool_use","id":"');
const idEnd = Buffer.from('","name":"');
const editNames = [...editingTools].map((name) => Buffer.from(`${name}"`));
const editHead =
  /^\{"type":"tool_use","id":"[^"\\]*","name":"\w+","input":\{"(?:file|notebook)_path":"(?:[^"\\]|\\.)*"/s;

/** What a message's content tells of edits, in short; empty for nothing, null where that is not seen at a glance. */
function editOf(line: Buffer, begin: number, end: number): string | null {
  const isCall = isAt(line, begin, callHead);
  // Of several calls, or of one behind a text, the place is not known.
  const other = line.indexOf(callEnd, isCall ? begin + callHead.length : begin);
  if (other >= 0 && other < end) return null;
  if (!isCall) return '';
  const idAt = line.indexOf(quote, begin + callHead.length);
  if (!isAt(line, idAt, idEnd)) return null;
  if (!editNames.some((name) => isAt(line, idAt + idEnd.length, name))) return '';
  const edit = editHead.exec(line.toString('utf8', begin, Math.min(end, begin + longestCall)));
  return edit === null ? null : `${edit[0]}}}`;
}

function isAt(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (bytes[at + index] !== wanted[index]) return false;
  return true;
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
