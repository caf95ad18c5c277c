import type { SessionUsage } from '../protocol/usage.ts';
import { named } from './fill.ts';
import { number, time } from './locale.ts';
import { strings } from './strings.ts';
import { cacheWrite, newTokens } from './tokens.ts';

function Count({ name, count, hint }: { readonly name: string; readonly count: number; readonly hint?: string }) {
  return (
    <div class="count" title={hint}>
      <dt>{name}</dt>
      <dd title={number.whole(count)}>{number.short(count)}</dd>
    </div>
  );
}

/** What the current session has used. Cache reads stand apart: they dwarf the rest and cost a tenth of it. */
export function SessionTokens({ session, now }: { readonly session: SessionUsage; readonly now: number }) {
  const { tokens, costUsd, model, lastAt } = session;
  const total = newTokens(tokens);
  const parts = [strings.session, named(strings.agents, session.agent)];
  if (model !== null) parts.push(model);
  return (
    <div class="session">
      <div class="line">
        <span class="session-tokens">
          <span class="figure">{number.whole(total)}</span> {strings.newTokens[total === 1 ? 0 : 1]}
        </span>
        {costUsd !== null && (
          <span class="session-cost" title={strings.costApi}>
            {number.usd(costUsd)}
          </span>
        )}
      </div>
      <div class="line quiet session-name">
        <span class="label" title={parts.join(' · ')}>
          {parts.join(' · ')}
        </span>
        <time dateTime={new Date(lastAt).toISOString()} title={time.exact(lastAt)}>
          {time.relative(lastAt, now)}
        </time>
      </div>
      <dl class="counts">
        <Count name={strings.input} count={tokens.input} />
        <Count name={strings.output} count={tokens.output} />
        <Count name={strings.cacheWrite} count={cacheWrite(tokens)} />
        <Count name={strings.cacheRead} count={tokens.cacheRead} hint={strings.cacheReadHint} />
      </dl>
    </div>
  );
}
