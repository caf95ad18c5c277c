import { budgetNames, type Budgets } from '../protocol/budgets.ts';
import type { GaugeState, WindowState } from '../protocol/gauge.ts';
import { contextWindowId } from './contextWindow.ts';
import { durationText, tokenText } from './gaugeText.ts';

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
export function chunkRoom(gauge: GaugeState, budgets: Budgets, chunkTokens: number | null, now: number): ChunkRoom {
  const limits = gauge.windows.filter(({ id }) => id !== contextWindowId);
  const [tightest] = limits;
  if (tightest === undefined) return { decision: 'unknown', sentence: 'How much is left is not known.' };
  if (tightest.usedPercent >= 100) {
    return { decision: 'split', sentence: `${named(tightest)} is used up${resetWords(tightest, now)}.` };
  }
  const room = chunkTokens === null ? null : tokenRoom(limits, budgets);
  if (room !== null && chunkTokens !== null) {
    const { window, left, aboveReserve } = room;
    const of = `of ${tokenText(chunkTokens)} tokens that the plan allows it`;
    if (chunkTokens > left) {
      return { decision: 'split', sentence: `${named(window)} has ${tokenText(left)} tokens left ${of}: split it.` };
    }
    if (chunkTokens > aboveReserve) {
      const sentence = `${named(window)} has ${tokenText(aboveReserve)} tokens above the reserve ${of}.`;
      return { decision: 'tight', sentence };
    }
  }
  if (tightest.headroomPercent <= 0) {
    return { decision: 'tight', sentence: `${named(tightest)} is inside its reserve${resetWords(tightest, now)}.` };
  }
  if (room === null)
    return { decision: 'unknown', sentence: `${named(tightest)} has room; what the chunk takes is not known.` };
  return { decision: 'proceed', sentence: `There is room: ${tokenText(room.aboveReserve)} tokens above the reserve.` };
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

function named({ label }: WindowState): string {
  return `“${label}”`;
}

function resetWords({ resetsAt }: WindowState, now: number): string {
  return resetsAt === null ? '' : `, which resets in ${durationText(resetsAt - now)}`;
}
