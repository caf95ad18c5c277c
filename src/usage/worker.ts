import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { LiveUsage } from './liveUsage.ts';
import { usageWorkerDataSchema } from './workerData.ts';

// Entry of the usage worker (dist/usageWorker.cjs). Posts UsageSnapshot; understands 'rescan' and 'stop'. A defect ends the thread,
// which its host sees as an 'error' event.

const port = parentPort;
if (port === null) throw new Error('the usage worker runs in a worker thread only');
const { home, env, platform, sinceMs } = v.parse(usageWorkerDataSchema, workerData);

const live = new LiveUsage({
  sources: transcriptSources,
  surroundings: { home, env, platform },
  sinceMs,
  now: Date.now,
  post: (snapshot) => port.postMessage(snapshot),
});

port.on('message', (message: unknown) => {
  if (message === 'rescan') void live.look();
  if (message === 'stop') {
    live.stop();
    port.close();
  }
});

void live.look();
