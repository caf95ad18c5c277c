import type { UsageScan } from '../usage/scan.ts';
import type { SweepOptions } from '../usage/scanOptions.ts';
import { colors } from './colors.ts';
import { CommandError } from './command.ts';

const redrawInterval = 200;

/**
 * Shows on a terminal how far a long first reading is. Ctrl-C ends it; what was read is kept, and the next run goes on there. Throws
 * CommandError then.
 */
export async function readingProgress<Value>(
  read: (shown: (scan: UsageScan) => SweepOptions) => Promise<Value>,
): Promise<Value> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  const isTerminal = process.stderr.isTTY;
  let drawnAt = -Infinity;
  const draw = (scan: UsageScan) => {
    const progress = scan.sweepProgress;
    if (!isTerminal || progress === null || performance.now() - drawnAt < redrawInterval) return;
    drawnAt = performance.now();
    const [done, total] = [progress.doneBytes, progress.totalBytes].map((bytes) => Math.round(bytes / 1e6));
    process.stderr.write(
      `\r\u001b[K${colors.dim(`reading transcripts: ${done} of ${total} MB (Ctrl-C keeps what is read)`)}`,
    );
  };
  process.once('SIGINT', onInterrupt);
  try {
    return await read((scan) => ({ signal: stop.signal, onNews: () => draw(scan) }));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new CommandError('interrupted', 'stopped; what was read is kept, and the next run goes on there');
  } finally {
    process.off('SIGINT', onInterrupt);
    if (drawnAt > 0) process.stderr.write('\r\u001b[K');
  }
}
