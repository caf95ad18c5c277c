import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TeeKind } from '../protocol/teeKind.ts';
import { makePrivateFolder, writeFileAtomic } from './atomicFile.ts';

/** Sessions that did something lately are fewer; what is beyond says nothing that is still true, and the spool must not grow. */
export const mostSpooled = 256;
/** A hook has little time, and the newest say all that is true of now. */
const mostRead = 64;
/** A statusline's input is about a kilobyte. */
const largestBytes = 256 << 10;
/** No session's id begins so. */
const streamPrefix = 'stream-';
const longestKept = 8 * 24 * 60 * 60_000;
const hour = 3_600_000;

/** Where the tees leave what they were last given, one file per session of the agent: none takes another one's place before it is read. */
export function spoolFolder(stateFolder: string): string {
  return path.join(stateFolder, 'spool');
}

export interface SpooledFile {
  readonly file: string;
  /** which tee left it */
  readonly kind: TeeKind;
  /** epoch milliseconds */
  readonly writtenAt: number;
  /** another one for other contents */
  readonly stamp: string;
}

/** The newest first. Never throws: what cannot be read is not there. */
export function spooledFiles(stateFolder: string): readonly SpooledFile[] {
  const folder = spoolFolder(stateFolder);
  return namesIn(folder)
    .filter((name) => /^[\w-]{1,80}\.json$/.test(name))
    .flatMap((name) => spooledFile(path.join(folder, name)) ?? [])
    .sort((a, b) => b.writtenAt - a.writtenAt);
}

function spooledFile(file: string): SpooledFile | null {
  try {
    const info = lstatSync(file);
    // No link, no pipe: reading those can lead anywhere, or never end.
    if (!info.isFile() || info.size > largestBytes) return null;
    const kind = path.basename(file).startsWith(streamPrefix) ? 'stream-json' : 'statusline';
    return { file, kind, writtenAt: info.mtimeMs, stamp: `${info.ino} ${info.mtimeMs} ${info.size}` };
  } catch {
    return null;
  }
}

/** What is in one of them; null if it is gone or cannot be read. */
export function readSpooled({ file }: SpooledFile): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/**
 * What the tees were last given, the newest first; `parse` makes sense of one (`parseTeed`), or null for what is torn or none. Never
 * throws, and takes a millisecond or two: for the hook.
 */
export function readSpool<Told>(
  stateFolder: string,
  parse: (text: string, writtenAt: number, kind: TeeKind) => Told | null,
): readonly Told[] {
  const newest = spooledFiles(stateFolder).slice(0, mostRead);
  return newest.flatMap((spooled) => {
    const text = readSpooled(spooled);
    const told = text === null ? null : parse(text, spooled.writtenAt, spooled.kind);
    return told === null ? [] : [told];
  });
}

/**
 * The name of a text's file: the session it is of, else the number of the process that told it. As the launcher finds it (a shell script):
 * near the beginning.
 */
export function spoolName(text: string, process: number): string {
  return /^[^"]*"session_id":"([0-9A-Za-z-]{1,64})"/.exec(text)?.[1] ?? String(process);
}

/** The name of what a session printed as stream-json. */
export function streamSpoolName(session: string): string {
  return `${streamPrefix}${session}`;
}

/** Leaves a text, as the tees do. Throws what writing throws. */
export async function writeSpool(stateFolder: string, name: string, text: string): Promise<void> {
  await makePrivateFolder(spoolFolder(stateFolder));
  await writeFileAtomic(path.join(spoolFolder(stateFolder), `${name}.json`), text, 0o600, { isExpendable: true });
}

/** Takes away what killed writers left, what is too old to say anything, and the oldest beyond what is kept. Never throws. */
export function clearSpool(stateFolder: string, now: number): void {
  const folder = spoolFolder(stateFolder);
  for (const name of namesIn(folder)) {
    try {
      const file = path.join(folder, name);
      const age = now - lstatSync(file).mtimeMs;
      if (age > (name.startsWith('.') ? hour : longestKept)) rmSync(file, { force: true });
    } catch {
      // Gone meanwhile, or not ours to remove.
    }
  }
  for (const { file } of spooledFiles(stateFolder).slice(mostSpooled)) {
    try {
      rmSync(file, { force: true });
    } catch {
      // The same.
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
