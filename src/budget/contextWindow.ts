import type { SessionUsage } from '../protocol/usage.ts';

export const contextWindowId = 'context';

export interface ContextUse {
  /** of the model's context window, 0 to 1 */
  readonly used: number;
  readonly source: string;
}

/**
 * How full the session's context is; null where its size is not known, which a prompt beyond the supposed size proves. At its end the
 * agent compacts the conversation: the work goes on with less memory, so this window is never used up.
 */
export function contextUse({ contextTokens, contextLimit }: SessionUsage): ContextUse | null {
  if (contextTokens === null || contextLimit === null || contextLimit <= 0 || contextTokens > contextLimit) return null;
  return { used: contextTokens / contextLimit, source: 'the newest prompt (compaction when full)' };
}
