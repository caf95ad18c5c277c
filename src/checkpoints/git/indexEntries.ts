import type { Git, Oid, RawPath } from './git.ts';
import type { PrivateIndex } from './privateIndex.ts';

/** What an index knows of a file: what it holds of it, and how the file was when git last found it to be that. */
export interface IndexEntry {
  readonly path: RawPath;
  readonly mode: string;
  readonly oid: Oid;
  readonly stage: string;
  /** whole seconds and nanoseconds; a git that was built without them knows no nanoseconds */
  readonly seconds: string;
  readonly nanoseconds: string;
  /** bytes, of a file of 4 GiB or more the rest; 0 also where git is not certain of the content */
  readonly size: number;
}

/** Every entry of an index, the user's unless told otherwise. Some milliseconds for ten thousand. */
export async function indexEntries(git: Git, index?: PrivateIndex): Promise<readonly IndexEntry[]> {
  return parseIndexEntries(await git.text(['ls-files', '-s', '--debug', '-z'], index ? { index: index.file } : {}));
}

/** Parses `ls-files -s --debug -z`: mode, blob, stage and name, ended by NUL, and behind it five lines of what else is known. */
export function parseIndexEntries(text: string): readonly IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (let at = 0; at < text.length;) {
    const tab = text.indexOf('\t', at);
    const nul = text.indexOf('\0', tab);
    if (tab < 0 || nul < 0) break;
    const [mode = '', oid = '', stage = ''] = text.slice(at, tab).split(' ');
    const [, mtime = '', , , size = ''] = lines(text, nul + 1);
    const [seconds = '', nanoseconds = ''] = mtime.slice(mtime.indexOf(': ') + 2).split(':');
    const path = text.slice(tab + 1, nul);
    entries.push({
      path,
      mode,
      oid,
      stage,
      seconds,
      nanoseconds,
      size: Number.parseInt(size.slice(size.indexOf(': ') + 2), 10),
    });
    at = endOfLines(text, nul + 1);
  }
  return entries;
}

const linesOfEach = 5;

function lines(text: string, from: number): readonly string[] {
  return text.slice(from, endOfLines(text, from)).split('\n');
}

function endOfLines(text: string, from: number): number {
  let end = from;
  for (let line = 0; line < linesOfEach; line += 1) {
    const next = text.indexOf('\n', end);
    if (next < 0) return text.length;
    end = next + 1;
  }
  return end;
}
