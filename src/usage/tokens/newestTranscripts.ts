import { claudeTranscripts } from '../../agents/claude/transcripts.ts';
import type { Surroundings } from '../../agents/agent.ts';
import { Breath } from '../breath.ts';
import { findTranscripts } from '../transcriptFolder.ts';

const most = 5;

/** Claude Code's newest transcripts, whose responses tell what its tokenizer makes of a known text. */
export async function newestTranscripts(surroundings: Surroundings): Promise<string[]> {
  const found = [];
  for (const { path } of claudeTranscripts.roots(surroundings))
    found.push(...(await findTranscripts(path, claudeTranscripts, new Breath(null))).files);
  return found
    .sort((a, b) => b.mtimeMs - a.mtimeMs)
    .slice(0, most)
    .map(({ path }) => path);
}
