import { readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorReportAt, reportedFailure } from '../agents/gemini/errorReport.ts';
import type { WorkItem } from '../agents/workItem.ts';
import { turnsOf } from './turn.ts';

/** A report holds the whole conversation. */
const mostBytes = 64_000_000;
/** Whoever was refused that much later was refused for something else. */
const mostLateMs = 3_600_000;

/**
 * The refusal after which a chat of Gemini CLI has no answer: it stands in a file in the temporary folder (agents/gemini/errorReport.ts).
 * null: there is none, or it cannot be read.
 */
export async function reportedRefusal(
  transcript: string,
  items: readonly WorkItem[],
  folder = tmpdir(),
): Promise<WorkItem | null> {
  const turn = turnsOf(items).at(-1);
  const prompt = turn?.prompt;
  if (turn?.state !== 'open' || !prompt) return null;
  const project = path.resolve(transcript, '..', '..');
  const reports = (await readdir(folder).catch(() => []))
    .flatMap((name) => {
      const at = errorReportAt(name);
      return at !== null && at >= turn.lastAt && at < turn.lastAt + mostLateMs ? [{ name, at }] : [];
    })
    .sort((a, b) => a.at - b.at);
  for (const { name, at } of reports) {
    const file = path.join(folder, name);
    try {
      const info = await stat(file);
      // The temporary folder is everybody's: what another user put there says nothing of this one's agent.
      if (!info.isFile() || info.size > mostBytes || info.uid !== (process.getuid?.() ?? info.uid)) continue;
      const failure = reportedFailure(await readFile(file, 'utf8'), at, project, prompt.text);
      if (failure !== null) return failure;
    } catch {
      // Gone, or another user's.
    }
  }
  return null;
}
