import { reopenTakenBack } from '../plan/chunkFlow.ts';
import { planFileIn } from '../plan/planFile.ts';

/** Chunks of the plan whose work a reset took back: their numbers, and what a person is told. */
export interface ReopenedChunks {
  readonly numbers: readonly number[];
  readonly lines: readonly string[];
}

export const nothingReopened: ReopenedChunks = { numbers: [], lines: [] };

/** What a reset to a green checkpoint took back is to be done anew. The reset stands, whatever becomes of the plan. */
export async function reopenChunks(dir: string, stateFolder: string, green: string): Promise<ReopenedChunks> {
  const planFile = await planFileIn(dir, stateFolder);
  const reopened = await reopenTakenBack({ planFile, stateFolder }, green);
  if (reopened.ok) {
    return {
      numbers: reopened.value.map(({ number }) => number),
      lines: reopened.value.map(({ number, title }) => `Open in the plan again: ${number}. ${title}`),
    };
  }
  process.stderr.write(`soft-landing: the plan was not changed: ${reopened.failure.message}\n`);
  return nothingReopened;
}
