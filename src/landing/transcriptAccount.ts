import path from 'node:path';
import type { Surroundings, TranscriptSource } from '../agents/agent.ts';
import type { LimitWindow } from '../protocol/limits.ts';
import { realPath } from '../store/realPath.ts';

/** Whose limits a session uses: of the accounts that are known, or of the agent's places, the one that its transcript lies in. */
export function accountOf(
  transcript: string,
  source: TranscriptSource,
  { limits, surroundings }: { readonly limits: readonly LimitWindow[]; readonly surroundings: Surroundings },
): string | null {
  const real = realPath(transcript);
  const lies = (folder: string): boolean =>
    [transcript, real].some((file) => [folder, realPath(folder)].some((each) => file.startsWith(each + path.sep)));
  const named = limits.filter(({ agent, account }) => agent === source.agent && lies(account));
  const [longest] = named.map(({ account }) => account).sort((a, b) => b.length - a.length);
  return longest ?? source.roots(surroundings).find((root) => lies(root.path))?.account ?? null;
}
