import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { LineFormat, TranscriptSource } from '../agents/agent.ts';
import { isRecord, parsedJson } from '../agents/fields.ts';
import type { Reading } from '../protocol/usage.ts';
import type { LandingState } from './landingState.ts';
import { isSameWindow } from '../budget/sameWindow.ts';
import { readTail } from './transcriptTail.ts';
import { folded, withUse, type Use } from './use.ts';

/** How Claude Code would begin its own advice (read in its program, off by default: facts of 2.1.330). */
const ownWrapUp = '[Usage limit approaching.';

/** The session's state with what its transcripts, its subagents' included, have got since: uses, readings, the agent's own advice. */
export function withTranscripts(
  state: LandingState,
  transcript: string,
  source: TranscriptSource,
  now: number,
): LandingState {
  let next = state;
  for (const file of [transcript, ...subagentTranscripts(transcript)]) {
    const match = source.match(file);
    if (match?.format.kind === 'lines') next = withFile(next, match.path, match.format, source);
  }
  // What came since the reading is counted one by one.
  const counted = Math.min(now, ...next.readings.map(({ capturedAt }) => capturedAt));
  return next === state ? state : { ...next, uses: [...folded(next.uses, now, counted)] };
}

/** Claude Code puts them into a folder beside the main one, named as it is. */
function subagentTranscripts(transcript: string): readonly string[] {
  const folder = path.join(transcript.replace(/\.jsonl$/, ''), 'subagents');
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

function withFile(state: LandingState, file: string, format: LineFormat, source: TranscriptSource): LandingState {
  const known = state.files[file];
  const tail = readTail(
    file,
    known?.offset ?? 0,
    [...format.markers, ownWrapUp].map((marker) => Buffer.from(marker)),
  );
  if (tail === null || tail.offset === known?.offset) return state;
  const parser = format.open(source.sessionKey(path.basename(file)), known?.parser ?? null);
  let uses: readonly Use[] = state.uses;
  let readings: readonly Reading[] = state.readings;
  let { firstReadings } = state;
  let { ownWrapUpAt } = state;
  for (const line of tail.lines) {
    if (line.includes(ownWrapUp)) ownWrapUpAt = wrapUpAt(line) ?? ownWrapUpAt;
    const told = parser.parse(line);
    if (told === 'bad') continue;
    for (const fact of told) {
      if (fact.kind === 'reading') {
        const reading = { ...fact.reading, account: state.account ?? '' };
        const before = source.readingsPrecede === true ? uses.at(-1)?.at : undefined;
        // The response that it stands with is still to be counted.
        const known =
          before === undefined ? reading : { ...reading, capturedAt: Math.min(before - 1, reading.capturedAt) };
        readings = withReading(readings, known);
        firstReadings = withFirst(firstReadings, known);
      }
      // A fork's copy of its parent's history was used by the parent.
      else if (fact.kind === 'response' && fact.row.sessionId === state.sessionId && !fact.row.isCopy) {
        const { id, at, model, tokens } = fact.row;
        uses = withUse(uses, { id, at, model, responses: 1, tokens });
      }
    }
  }
  return {
    ...state,
    files: { ...state.files, [file]: { offset: tail.offset, parser: parser.state } },
    isWhole: state.isWhole && !tail.hasGap,
    uses: [...uses],
    readings: [...readings],
    firstReadings: [...firstReadings],
    ownWrapUpAt,
  };
}

/** Of each window the newest. */
function withReading(readings: readonly Reading[], reading: Reading): readonly Reading[] {
  const others = readings.filter(({ window }) => window !== reading.window);
  const same = readings.find(({ window }) => window === reading.window);
  return [...others, same !== undefined && same.capturedAt > reading.capturedAt ? same : reading];
}

/** Of each window the first since its reset. */
function withFirst(firsts: readonly Reading[], reading: Reading): Reading[] {
  const isKnown = firsts.some((each) => isSameWindow(each, reading));
  return isKnown ? [...firsts] : [...firsts.filter(({ window }) => window !== reading.window), reading];
}

/** When the client said it to its model; null where it is only quoted, in a prompt, a file or an answer. */
function wrapUpAt(line: string): number | null {
  const json = parsedJson(line);
  if (!isRecord(json)) return null;
  const isClients = json['type'] === 'attachment' || json['type'] === 'system' || json['isMeta'] === true;
  const at = Date.parse(String(json['timestamp']));
  return isClients && !Number.isNaN(at) ? at : null;
}
