import type { Fact } from '../agents/agent.ts';
import type { Breath } from './breath.ts';
import type { Candidate } from './candidates.ts';
import { readDatabase } from './databaseFile.ts';
import { readDocument } from './documentFile.ts';
import { lineReading } from './lineReading.ts';
import type { Progress } from './progress.ts';
import { fateOf } from './told.ts';
import { TranscriptReader } from './transcriptFile.ts';

/** Reads what is new in a transcript, in the way of its format. */
export class FormatReader {
  readonly #lines = new TranscriptReader();

  /**
   * Returns how far it is read then. Throws what cannot be read, or the signal's reason.
   * @param sinceMs of a database only rows changed since then (epoch milliseconds); null: all
   */
  async read(
    { path, relativePath, source, format }: Candidate,
    known: Progress | null,
    sinceMs: number | null,
    onFact: (fact: Fact) => void,
    breath: Breath,
  ): Promise<Progress> {
    const sessionKey = source.sessionKey(relativePath);
    switch (format.kind) {
      case 'lines': {
        const reading = lineReading(format, sessionKey, onFact);
        return this.#lines.read(path, known?.kind === 'lines' ? known : null, reading, breath);
      }
      case 'document':
        return readDocument(path, (text) => fateOf(format.parse(text, sessionKey), onFact));
      case 'database': {
        const since = known?.kind === 'database' ? known : null;
        return readDatabase(path, since, sinceMs, format, (row) => fateOf(format.parse(row), onFact), breath);
      }
    }
  }
}
