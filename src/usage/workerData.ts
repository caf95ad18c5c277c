import * as v from 'valibot';
import { priceOverridesSchema } from '../protocol/modelPrice.ts';

/** What the usage worker is started with (`workerData`). `sinceMs`: sessions last used before then are not shown. */
export const usageWorkerDataSchema = v.strictObject({
  home: v.string(),
  env: v.record(v.string(), v.optional(v.string())),
  platform: v.picklist([
    'aix',
    'android',
    'cygwin',
    'darwin',
    'freebsd',
    'haiku',
    'linux',
    'netbsd',
    'openbsd',
    'sunos',
    'win32',
  ]),
  sinceMs: v.nullable(v.number()),
  /** the user's own prices */
  prices: v.optional(priceOverridesSchema),
});
export type UsageWorkerData = v.InferOutput<typeof usageWorkerDataSchema>;

/** What the worker posts when a 'rescan' is done: everything that was there when it was asked for is posted and published. */
export const looked = 'looked';
