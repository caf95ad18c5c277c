import { budgetNames, type Budgets } from '../protocol/budgets.ts';
import type { GaugeState, WindowState } from '../protocol/gauge.ts';
import { contextWindowId } from './contextWindow.ts';
import { durationText, tokenText } from './gaugeText.ts';
import { english, type Language } from './language.ts';

/** Whether a chunk of a plan fits, by nothing but what is left and the budget that the plan gives it. */
export interface ChunkRoom {
  readonly decision: 'proceed' | 'tight' | 'split' | 'unknown';
  /** for a person */
  readonly sentence: string;
}

/**
 * @param chunkTokens what the plan allows the chunk; null: it does not say
 * @param budgets the user's own limits: of those it is known how many tokens a window's percent are
 */
export function chunkRoom(
  gauge: GaugeState,
  budgets: Budgets,
  chunkTokens: number | null,
  now: number,
  language: Language = english,
): ChunkRoom {
  const { t } = language;
  const tokens = (count: number): string => tokenText(count, language);
  const limits = gauge.windows.filter(({ id }) => id !== contextWindowId);
  const [tightest] = limits;
  if (tightest === undefined) return { decision: 'unknown', sentence: t('How much is left is not known.') };
  const { label, resetsAt } = tightest;
  const resetsIn = resetsAt === null ? null : durationText(resetsAt - now, language);
  if (tightest.usedPercent >= 100) {
    const sentence =
      resetsIn === null ? t('“{0}” is used up.', label) : t('“{0}” is used up, and resets in {1}.', label, resetsIn);
    return { decision: 'split', sentence };
  }
  const room = chunkTokens === null ? null : tokenRoom(limits, budgets);
  if (room !== null && chunkTokens !== null) {
    const { window, left, aboveReserve } = room;
    if (chunkTokens > left) {
      const sentence = t(
        '“{0}” has {1} tokens left, and the plan allows this chunk {2}: split it.',
        window.label,
        tokens(left),
        tokens(chunkTokens),
      );
      return { decision: 'split', sentence };
    }
    if (chunkTokens > aboveReserve) {
      const sentence = t(
        '“{0}” has {1} tokens above the reserve, and the plan allows this chunk {2}.',
        window.label,
        tokens(aboveReserve),
        tokens(chunkTokens),
      );
      return { decision: 'tight', sentence };
    }
  }
  if (tightest.headroomPercent <= 0) {
    const sentence =
      resetsIn === null
        ? t('“{0}” is inside its reserve.', label)
        : t('“{0}” is inside its reserve, and resets in {1}.', label, resetsIn);
    return { decision: 'tight', sentence };
  }
  if (room === null)
    return { decision: 'unknown', sentence: t('“{0}” has room; what the chunk takes is not known.', label) };
  return {
    decision: 'proceed',
    sentence: t('There is room: {0} tokens above the reserve.', tokens(room.aboveReserve)),
  };
}

interface TokenRoom {
  readonly window: WindowState;
  readonly left: number;
  readonly aboveReserve: number;
}

/** Of the windows whose size in tokens is known, the one with the least room; null: there is none. */
function tokenRoom(windows: readonly WindowState[], budgets: Budgets): TokenRoom | null {
  const rooms = windows.flatMap((window): TokenRoom[] => {
    const name = budgetNames.find((one) => one === window.id);
    const limit = name?.startsWith('tokens') === true ? budgets[name] : undefined;
    if (limit === undefined) return [];
    const tokens = (percent: number): number => Math.max(0, Math.round((percent / 100) * limit));
    return [{ window, left: tokens(100 - window.usedPercent), aboveReserve: tokens(window.headroomPercent) }];
  });
  return rooms.sort((a, b) => a.left - b.left)[0] ?? null;
}
