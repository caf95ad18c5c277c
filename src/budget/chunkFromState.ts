import type { PromptFeatures } from '../protocol/turn.ts';
import { readLimits } from '../store/limitsFile.ts';
import { readPreferences } from '../store/preferences.ts';
import type { ChunkRoom } from './chunkRoom.ts';
import { english, type Language } from './language.ts';
import { stricterOf } from './chunkVerdict.ts';
import { estimateFromState } from './taskEstimate.ts';

interface ChunkQuestion {
  readonly room: ChunkRoom;
  /** of the prompt that the agent will get, since those of past turns are of theirs */
  readonly features: PromptFeatures;
  readonly cwd: string;
  /** what the plan allows the chunk; null: it does not say */
  readonly chunkTokens: number | null;
}

/**
 * Adds to the room that a chunk has what past tasks tell of it, by what the state folder holds. Quick, as a prompt is judged: somebody
 * waits for the chunk to begin. State that cannot be read holds no chunk up; the room is known all the same.
 */
export async function chunkFromState(
  { room, features, cwd, chunkTokens }: ChunkQuestion,
  stateFolder: string,
  now: number,
  language: Language = english,
): Promise<ChunkRoom> {
  try {
    const [limits, preferences] = await Promise.all([readLimits(stateFolder), readPreferences(stateFolder)]);
    const answer = estimateFromState(
      {
        features,
        cwd,
        asking: { agent: null, sessionId: null, transcriptPath: null },
        files: null,
        isBegun: false,
      },
      { stateFolder, limits: limits?.windows ?? [], preferences, now, effort: 'quick' },
    );
    return stricterOf(room, answer, chunkTokens, now, language);
  } catch {
    return room;
  }
}
