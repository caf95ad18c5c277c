import type { ChunkRoom } from './chunkRoom.ts';
import type { Decision } from './decision.ts';
import { english, type Language } from './language.ts';
import type { TaskAnswer } from './taskEstimate.ts';
import { basisText, rangeText, verdictText } from './verdictText.ts';

/** What is not known holds nothing up, and speaks against nothing. */
const strictness: Readonly<Record<Decision, number>> = { unknown: 0, proceed: 1, tight: 2, split: 3 };
/** From here on an estimate rests on the user's own tasks more than on rules of thumb. */
const ownHistory = 0.5;

/**
 * Whether a chunk fits, by what the plan allows it and by what tasks like it have taken: the stricter of both. What a plan allows was
 * thought of for this very chunk, so rules of thumb alone do not overrule it; they count where the plan does not say. Pure.
 * @param chunkTokens what the plan allows the chunk; null: it does not say
 */
export function stricterOf(
  room: ChunkRoom,
  { estimate, verdict }: TaskAnswer,
  chunkTokens: number | null,
  now: number,
  language: Language = english,
): ChunkRoom {
  const { t } = language;
  const basis = t('It rests on {0}.', basisText(estimate, language));
  const counts = chunkTokens === null || estimate.history >= ownHistory;
  if (counts && strictness[verdict.decision] > strictness[room.decision]) {
    return { decision: verdict.decision, sentence: `${verdictText(verdict, estimate, now, language)} ${basis}` };
  }
  const likely = t('Likely {0}.', rangeText(estimate, language));
  return { decision: room.decision, sentence: `${room.sentence} ${likely} ${basis}` };
}
