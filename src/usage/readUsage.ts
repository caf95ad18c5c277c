import { UsageScan } from './scan.ts';
import type { ScanOptions, SweepOptions } from './scanOptions.ts';

/**
 * Takes what the store has, reads what is new in the transcripts, and keeps it. What was read before an abort is kept too, so that the
 * next reading goes on there. Throws only the signal's reason.
 */
export async function readUsage(
  options: ScanOptions,
  sweep: (scan: UsageScan) => SweepOptions = () => ({}),
): Promise<UsageScan> {
  const scan = new UsageScan(options);
  try {
    await scan.sweep(sweep(scan));
  } finally {
    await scan.save();
  }
  return scan;
}
