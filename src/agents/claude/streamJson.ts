import * as v from 'valibot';
import { nothingTold, type Told, type ToldReading } from '../agent.ts';
import { epochSeconds, parsedJson } from '../fields.ts';

const windowSchema = v.object({
  utilization: v.pipe(v.number(), v.finite(), v.minValue(0)),
  resetsAt: v.nullish(epochSeconds),
});

const eventSchema = v.object({
  type: v.literal('rate_limit_event'),
  rate_limit_info: v.object({
    status: v.string(),
    rateLimitType: v.nullish(v.string()),
    utilization: v.fallback(v.nullish(v.number()), null),
    resetsAt: v.fallback(v.nullish(epochSeconds), null),
    unifiedWindows: v.fallback(v.nullish(v.record(v.string(), v.unknown())), null),
  }),
});

const source = 'rate limit event';

/**
 * What a line of `claude -p --output-format stream-json` tells of windows. Never throws. `utilization` is a fraction, in which a whole
 * number 1 is possible; the events carry no time, so the caller says when the line came (epoch milliseconds).
 */
export function parseStreamJsonLine(line: string, capturedAt: number): Told {
  const json = parsedJson(line);
  if (json === undefined) return 'bad';
  const parsed = v.safeParse(eventSchema, json);
  if (!parsed.success) return nothingTold;
  const { status, rateLimitType, utilization, resetsAt, unifiedWindows } = parsed.output.rate_limit_info;
  const of = (window: string, used: number, reset: number | null | undefined): ToldReading => ({
    agent: 'claude',
    window,
    used,
    resetsAt: typeof reset === 'number' ? reset * 1000 : null,
    capturedAt,
    source,
    confidence: 'official',
  });
  const readings = Object.entries(unifiedWindows ?? {}).flatMap(([window, told]) => {
    const each = v.safeParse(windowSchema, told);
    return each.success ? [of(window, each.output.utilization, each.output.resetsAt)] : [];
  });
  const isTold = readings.some(({ window }) => window === rateLimitType);
  if (typeof rateLimitType === 'string' && !isTold) {
    const used = status === 'rejected' ? 1 : utilization;
    if (typeof used === 'number' && Number.isFinite(used) && used >= 0)
      readings.push(of(rateLimitType, used, resetsAt));
  }
  return readings.map((reading) => ({ kind: 'reading', reading }));
}
