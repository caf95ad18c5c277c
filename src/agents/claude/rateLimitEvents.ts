import * as v from 'valibot';
import { parsedJson } from '../fields.ts';
import { parseStreamJsonLine } from './streamJson.ts';
import type { TeedFacts } from './teedFacts.ts';

/** An event is half a kilobyte; what a tool gave back can be megabytes, and is none. */
const longestLine = 64 << 10;
/** Mostly one event tells of all windows; some versions tell of one at a time, and there are a few. */
const mostKept = 8;
const newline = 10;

const keptSchema = v.object({
  account: v.nullable(v.string()),
  rate_limit_events: v.array(v.object({ at: v.pipe(v.number(), v.finite()), line: v.string() })),
});

const sessionSchema = v.object({ session_id: v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{1,64}$/)) });

/** What a run prints of its limits as stream-json passes by: of each window the newest event. */
export class RateLimitEvents {
  #line: Uint8Array[] = [];
  #lineBytes = 0;
  #session: string | null = null;
  /** by the windows that it tells of, the oldest first */
  readonly #newest = new Map<string, { readonly at: number; readonly line: string }>();

  /** null before an event named it */
  get session(): string | null {
    return this.#session;
  }

  /** The next bytes, which came at this time (epoch milliseconds); true if they told something. Lines may be torn anywhere. */
  take(bytes: Uint8Array, at: number): boolean {
    let isNews = false;
    let from = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      this.#append(bytes.subarray(from, end));
      if (this.#endLine(at)) isNews = true;
      from = end + 1;
    }
    this.#append(bytes.subarray(from));
    return isNews;
  }

  /** As a tee leaves it for `parseRateLimitEvents`. `account`: the configuration folder of the run. */
  kept(account: string | null): string {
    const kept: v.InferOutput<typeof keptSchema> = { account, rate_limit_events: [...this.#newest.values()] };
    return JSON.stringify(kept);
  }

  #append(part: Uint8Array): void {
    this.#lineBytes += part.length;
    if (this.#lineBytes <= longestLine) this.#line.push(part);
    else this.#line = [];
  }

  #endLine(at: number): boolean {
    const line = this.#lineBytes <= longestLine ? Buffer.concat(this.#line).toString('utf8') : '';
    this.#line = [];
    this.#lineBytes = 0;
    if (!line.includes('"rate_limit_event"')) return false;
    const told = parseStreamJsonLine(line, at);
    if (told === 'bad' || told.length === 0) return false;
    const session = v.safeParse(sessionSchema, parsedJson(line));
    if (session.success) this.#session = session.output.session_id;
    const windows = told.flatMap((fact) => (fact.kind === 'reading' ? fact.reading.window : [])).join();
    this.#newest.delete(windows);
    this.#newest.set(windows, { at, line });
    for (const oldest of [...this.#newest.keys()].slice(0, -mostKept)) this.#newest.delete(oldest);
    return true;
  }
}

/** What `RateLimitEvents` kept; null if it is torn or something else. Never throws. */
export function parseRateLimitEvents(text: string): TeedFacts | null {
  const kept = v.safeParse(keptSchema, parsedJson(text));
  if (!kept.success) return null;
  const { account, rate_limit_events: events } = kept.output;
  const readings = events.flatMap(({ at, line }) => {
    const told = parseStreamJsonLine(line, at);
    return told === 'bad' ? [] : told.flatMap((fact) => (fact.kind === 'reading' ? [fact.reading] : []));
  });
  return { account, transcriptPath: null, session: null, readings };
}
