import type { Fact, LineFormat, LinePicker } from '../agents/agent.ts';
import { markerPicker } from './markedLines.ts';
import { fateOf } from './told.ts';
import type { LineReading } from './transcriptFile.ts';

const pickers = new Map<LineFormat, LinePicker>();

/** How the lines of a session are read in their format; what they tell goes to `onFact`. */
export function lineReading(format: LineFormat, sessionKey: string, onFact: (fact: Fact) => void): LineReading {
  return {
    pick: pickerOf(format),
    open(saved) {
      const parser = format.open(sessionKey, saved);
      return {
        take: (line) => fateOf(parser.parse(line), onFact),
        takePart(part) {
          const told = parser.parsePart?.(part) ?? null;
          return told === null ? null : fateOf(told, onFact);
        },
        get state() {
          return parser.state;
        },
      };
    },
  };
}

function pickerOf(format: LineFormat): LinePicker {
  const known = format.pick ?? pickers.get(format);
  if (known !== undefined) return known;
  const picker = markerPicker(format.markers);
  pickers.set(format, picker);
  return picker;
}
