import * as v from 'valibot';

/** What the usage worker is started with (`workerData`). `sinceMs`: see ScanOptions. */
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
});
export type UsageWorkerData = v.InferOutput<typeof usageWorkerDataSchema>;
