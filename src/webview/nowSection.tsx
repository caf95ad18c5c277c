import type { AgentSessionView } from '../protocol/agentSession.ts';
import { counted, fill, named } from './fill.ts';
import { Glyph, type GlyphName } from './glyph.tsx';
import { number, time } from './locale.ts';
import { strings } from './strings.ts';

const stateGlyphs: Readonly<Record<AgentSessionView['state'], GlyphName>> = {
  busy: 'play',
  idle: 'circle',
  waiting: 'question',
  'cut-off': 'circle-slash',
  unknown: 'pulse',
};

/** More than these nobody has in view at once. */
const mostShown = 6;

function Session({ session, now }: { readonly session: AgentSessionView; readonly now: number }) {
  const { agent, sessionId, cwd, repository, state, newTokens, contextPercent, lastAt, told } = session;
  return (
    <li class="agent-session">
      <span class={`state state-${state}`}>
        <Glyph name={stateGlyphs[state]} />
      </span>
      <div class="row-text">
        <div class="line">
          <span class="label" title={`${cwd}\n${sessionId}`}>
            {repository}
          </span>
          {contextPercent !== null && (
            <span class="context quiet" title={fill(strings.contextHint, number.percent(contextPercent))}>
              {fill(strings.context, number.percent(contextPercent))}
            </span>
          )}
        </div>
        <div class="line quiet">
          <span class="label">
            {[
              strings.states[state],
              named(strings.agents, agent),
              ...(newTokens === 0 ? [] : [fill(strings.tokens, number.short(newTokens))]),
            ].join(' · ')}
          </span>
          {state !== 'busy' && (
            <time dateTime={new Date(lastAt).toISOString()} title={time.exact(lastAt)}>
              {time.relative(lastAt, now)}
            </time>
          )}
        </div>
        {told !== undefined && state !== 'cut-off' && (
          <div class="told" title={strings.toldHint}>
            <Glyph name="landing" />
            {strings.told[told]}
          </div>
        )}
      </div>
    </li>
  );
}

/** The agents' sessions that run on this machine, those that need somebody first. */
export function NowSection({
  sessions,
  now,
}: {
  readonly sessions: readonly AgentSessionView[];
  readonly now: number;
}) {
  const more = sessions.length - mostShown;
  return (
    <section class="now" aria-labelledby="now-heading">
      <header class="section-header">
        <h2 id="now-heading">{strings.now}</h2>
      </header>
      <ul class="agent-sessions">
        {sessions.slice(0, mostShown).map((session) => (
          <Session key={`${session.agent} ${session.sessionId}`} session={session} now={now} />
        ))}
        {more > 0 && <li class="quiet more">{counted(strings.moreSessions, more, number.whole(more))}</li>}
      </ul>
    </section>
  );
}
