import type { RegisteredSession } from '../agents/claude/sessionRegistry.ts';
import type { AgentSessionView } from '../protocol/agentSession.ts';
import { newTokens, type SessionUsage } from '../protocol/usage.ts';
import type { SessionRecord } from '../store/sessionRecord.ts';

const minute = 60_000;
/** An agent that tells nobody whether it runs counts as running for so long after its last sign of life. */
const lingering = 10 * minute;
/** A process that lives and gave a sign so short ago is at work. */
const busyWithin = minute;

export interface LiveSessionsInput {
  readonly usage: readonly SessionUsage[];
  /** processes of Claude Code that are alive; null: this version keeps no registry */
  readonly registered: readonly RegisteredSession[] | null;
  /** what the hooks remember */
  readonly records: readonly SessionRecord[];
  /** ids of the sessions whose cut-off is not dealt with yet */
  readonly cutOff: ReadonlySet<string>;
  readonly repositoryOf: (cwd: string) => string;
  /** epoch milliseconds */
  readonly now: number;
}

type State = AgentSessionView['state'];

/**
 * The sessions that run on this machine now, those that need somebody first. Claude Code says itself which of its processes live and
 * what they do; of other agents only signs of life are known (answers in their transcripts, events of their hooks), and no more is claimed.
 */
export function liveSessions(input: LiveSessionsInput): readonly AgentSessionView[] {
  const { usage, registered, records, cutOff, repositoryOf, now } = input;
  const usages = new Map(usage.map((session) => [keyOf(session), session]));
  const events = new Map(records.map((record) => [keyOf(record), record]));
  const found = new Map<string, { readonly cwd: string; readonly state: State; readonly lastAt: number }>();

  for (const { sessionId, cwd, status, startedAt } of registered ?? []) {
    const key = keyOf({ agent: 'claude', sessionId });
    const lastAt = Math.max(lastSign(key), startedAt ?? 0);
    const state = stateOf(status, now - lastAt);
    const known = found.get(key);
    // One session in two terminals is one session.
    if (known === undefined || rank(state) < rank(known.state)) found.set(key, { cwd, state, lastAt });
  }
  for (const key of new Set([...usages.keys(), ...events.keys()])) {
    const isRegistrar = registered !== null && key.startsWith('claude|');
    const lastAt = lastSign(key);
    if (isRegistrar || found.has(key) || now - lastAt > lingering) continue;
    const cwd = usages.get(key)?.cwd ?? events.get(key)?.cwd;
    if (cwd === undefined) continue;
    found.set(key, { cwd, state: 'unknown', lastAt });
  }

  const views = [...found].map(([key, { cwd, state, lastAt }]): AgentSessionView => {
    const [agent, sessionId] = splitKey(key);
    const used = usages.get(key);
    return {
      agent,
      sessionId,
      cwd,
      repository: repositoryOf(cwd),
      state: cutOff.has(sessionId) ? 'cut-off' : state,
      newTokens: used === undefined ? 0 : newTokens(used.tokens),
      contextPercent: contextPercent(used),
      lastAt,
    };
  });
  return views.sort((a, b) => rank(a.state) - rank(b.state) || b.lastAt - a.lastAt);

  function lastSign(key: string): number {
    return Math.min(now, Math.max(usages.get(key)?.lastAt ?? 0, events.get(key)?.lastEventAt ?? 0));
  }
}

function keyOf({ agent, sessionId }: { readonly agent: string; readonly sessionId: string }): string {
  return `${agent}|${sessionId}`;
}

function splitKey(key: string): readonly [string, string] {
  const at = key.indexOf('|');
  return [key.slice(0, at), key.slice(at + 1)];
}

function stateOf(status: string | null, age: number): State {
  if (status === 'busy' || status === 'idle' || status === 'waiting') return status;
  return age <= busyWithin ? 'busy' : 'unknown';
}

const order: readonly State[] = ['cut-off', 'waiting', 'busy', 'unknown', 'idle'];

function rank(state: State): number {
  return order.indexOf(state);
}

function contextPercent(session: SessionUsage | undefined): number | null {
  const { contextTokens = null, contextLimit = null } = session ?? {};
  if (contextTokens === null || contextLimit === null) return null;
  // A prompt beyond the supposed size proves that it is another.
  return contextLimit <= 0 || contextTokens > contextLimit ? null : (100 * contextTokens) / contextLimit;
}

/** Signs of trouble older than this are history. */
const day = 24 * 60 * minute;

/**
 * Why an agent's newest state could not be saved, in the words of the newest such failure; null while all is well. A checkpoint that was
 * made since then shows that it works again.
 * @param newestCheckpointAt of the same folders; epoch milliseconds, null: there is none
 */
export function unprotectedReason(
  records: readonly SessionRecord[],
  newestCheckpointAt: number | null,
  now: number,
): string | null {
  let newest: { readonly at: number; readonly reason: string } | null = null;
  for (const { missing } of records) if (missing !== null && missing.at > (newest?.at ?? -Infinity)) newest = missing;
  if (newest === null || now - newest.at > day || newest.at <= (newestCheckpointAt ?? -Infinity)) return null;
  return newest.reason;
}
