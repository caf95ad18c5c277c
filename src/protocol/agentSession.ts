/** A session that runs on this machine now, as the panel's "Now" section shows it. Times are epoch milliseconds. */
export interface AgentSessionView {
  readonly agent: string;
  readonly sessionId: string;
  readonly cwd: string;
  readonly repository: string;
  readonly state: 'idle' | 'busy' | 'waiting' | 'cut-off' | 'unknown';
  readonly newTokens: number;
  readonly contextPercent: number | null;
  readonly lastAt: number;
  /** how strongly its hooks told it that a reserve is reached; missing: they did not, or the window has reset since */
  readonly told?: 'begun' | 'advise' | 'escalate';
}
