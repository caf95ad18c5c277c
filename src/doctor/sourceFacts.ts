import type { Fact, Surroundings, ToldReading, TranscriptRoot, TranscriptSource } from '../agents/agent.ts';
import { errorCode } from '../store/errno.ts';
import { Breath } from '../usage/breath.ts';
import { readDatabase } from '../usage/databaseFile.ts';
import { readDocument } from '../usage/documentFile.ts';
import { lineReading } from '../usage/lineReading.ts';
import type { ReadCounts } from '../usage/readCounts.ts';
import { SqliteMissing } from '../usage/sqlite.ts';
import { TranscriptReader } from '../usage/transcriptFile.ts';
import { fateOf } from '../usage/told.ts';
import { findTranscripts, type FoundTranscript } from '../usage/transcriptFolder.ts';
import type { ReadingFacts, SkippedFacts, SourceFacts } from './facts.ts';
import { folderState } from './folderState.ts';

type Writable<Facts> = { -readonly [Name in keyof Facts]: Facts[Name] };

/**
 * Reads every transcript of every root afresh, not through what the meter remembers of them: the doctor is asked when that is in doubt.
 * Nothing is kept but counts, so memory does not grow with the files. Never throws for what it finds.
 */
export async function sourceFacts(
  sources: readonly TranscriptSource[],
  surroundings: Surroundings,
): Promise<{ readonly sources: readonly SourceFacts[]; readonly readings: readonly ReadingFacts[] }> {
  const breath = new Breath(null);
  const readings = new Map<string, ReadingFacts>();
  const facts: SourceFacts[] = [];
  for (const source of sources) {
    for (const root of source.roots(surroundings)) facts.push(await rootFacts(source, root, readings, breath));
  }
  return { sources: facts, readings: [...readings.values()] };
}

async function rootFacts(
  source: TranscriptSource,
  { path: root, account }: TranscriptRoot,
  readings: Map<string, ReadingFacts>,
  breath: Breath,
): Promise<SourceFacts> {
  const found = await findTranscripts(root, source, breath);
  const skipped = new Map<string, SkippedFacts>();
  const skip = (reason: string, example: string, count = 1): void => {
    const known = skipped.get(reason);
    skipped.set(reason, { reason, count: (known?.count ?? 0) + count, example: known?.example ?? example });
  };
  const sum: Pick<Writable<SourceFacts>, 'files' | 'bytes' | 'rows' | 'newestAt' | 'problem'> = {
    files: 0,
    bytes: 0,
    rows: 0,
    newestAt: null,
    problem: null,
  };
  const onFact = (fact: Fact): void => {
    if (fact.kind === 'prompt' || fact.kind === 'edits') return;
    const at = fact.kind === 'response' ? fact.row.at : fact.reading.capturedAt;
    sum.newestAt = Math.max(sum.newestAt ?? at, at);
    if (fact.kind === 'reading') keepNewest(readings, account, fact.reading);
  };
  for (const path of found.unreadable) skip('could not be looked at', path);
  const reader = new TranscriptReader();
  for (const file of found.files) {
    try {
      const { size, rows, pendingRows, bad } = await readWhole(file, source.sessionKey(file.relativePath));
      sum.files += 1;
      sum.bytes += size;
      sum.rows += rows + pendingRows;
      if (bad > 0) skip('broken rows', file.path, bad);
    } catch (error) {
      if (error instanceof SqliteMissing) sum.problem = error.message;
      skip(reasonOf(error), file.path);
    }
  }
  const state = folderState(root);
  return { agent: source.agent, root, state, ...sum, skipped: [...skipped.values()] };

  function readWhole({ path, format }: FoundTranscript, sessionKey: string): Promise<ReadCounts> | ReadCounts {
    switch (format.kind) {
      case 'lines':
        return reader.read(path, null, lineReading(format, sessionKey, onFact), breath);
      case 'document':
        return readDocument(path, (text) => fateOf(format.parse(text, sessionKey), onFact));
      case 'database':
        return readDatabase(path, null, null, format, (row) => fateOf(format.parse(row), onFact), breath);
    }
  }
}

function keepNewest(readings: Map<string, ReadingFacts>, account: string, reading: ToldReading): void {
  const { agent, window, used, resetsAt, capturedAt, source } = reading;
  const key = `${agent}|${account}|${window}`;
  if ((readings.get(key)?.capturedAt ?? capturedAt) > capturedAt) return;
  readings.set(key, { agent, account, window, usedPercent: used * 100, resetsAt, capturedAt, source });
}

function reasonOf(error: unknown): string {
  if (error instanceof SqliteMissing) return 'not readable by this Node';
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return 'no permission';
  if (code === 'ENOENT') return 'vanished while being read';
  return code === null ? 'could not be read' : `could not be read (${code})`;
}
