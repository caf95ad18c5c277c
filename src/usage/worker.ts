import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { stateFolder } from '../store/stateFolder.ts';
import { LiveUsage } from './liveUsage.ts';
import { Prices } from './prices.ts';
import { usageWorkerDataSchema } from './workerData.ts';

// Entry of the usage worker (dist/usageWorker.cjs). Posts UsageSnapshot; understands 'rescan', 'cancel' (a long first reading) and
// 'stop'. A defect ends the thread, which its host sees as an 'error' event.

const port = parentPort;
if (port === null) throw new Error('the usage worker runs in a worker thread only');
const { home, env, platform, sinceMs, prices } = v.parse(usageWorkerDataSchema, workerData);

const live = new LiveUsage({
  sources: transcriptSources,
  surroundings: { home, env, platform },
  stateFolder: stateFolder({ home, env, platform }),
  // Everything is read, the newest first: agents delete old transcripts, and what they tell of is to be kept.
  sinceMs: null,
  shownSinceMs: sinceMs,
  prices: new Prices(prices),
  now: Date.now,
  post: (snapshot) => port.postMessage(snapshot),
});

port.on('message', (message: unknown) => {
  if (message === 'rescan') void live.look();
  if (message === 'cancel') live.cancel();
  if (message === 'stop') void live.stop().finally(() => port.close());
});

void live.look();
