import * as v from 'valibot';
import type { RetentionPolicy } from './retention.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const atLeastOne = v.pipe(v.number(), v.integer(), v.minValue(1));
const values = { allHours: whole, hourlyDays: whole, dailyDays: whole, maxCount: atLeastOne, maxMegabytes: atLeastOne };

const isValue = (name: string): name is keyof typeof values => Object.hasOwn(values, name);

/**
 * What a person set of the retention policy, the later layers (user, workspace, folder) over the earlier. Only what is right counts;
 * what is not is told, one sentence each, and the layer below holds.
 */
export function retentionOf(layers: readonly unknown[]): {
  readonly policy: Partial<RetentionPolicy>;
  readonly ignored: readonly string[];
} {
  const found: Partial<Record<keyof typeof values, number>> = {};
  const ignored: string[] = [];
  for (const layer of layers) {
    if (layer === undefined || layer === null) continue;
    if (typeof layer !== 'object' || Array.isArray(layer)) {
      ignored.push('it is no object');
      continue;
    }
    for (const [name, value] of Object.entries(layer)) {
      const parsed = isValue(name) ? v.safeParse(values[name], value) : null;
      if (isValue(name) && parsed?.success === true) found[name] = parsed.output;
      else ignored.push(`${name}: ${parsed?.issues?.[0].message ?? 'there is no such value'}`);
    }
  }
  const { maxMegabytes, ...counts } = found;
  return {
    policy: { ...counts, ...(maxMegabytes === undefined ? {} : { maxBytes: maxMegabytes * 1_000_000 }) },
    ignored,
  };
}
