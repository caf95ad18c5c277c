import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { packedUsage } from '../protocol/packedUsage.ts';
import { fitOf } from '../budget/estimate/history.ts';
import { stateFolder } from '../store/stateFolder.ts';
import { LiveUsage } from '../usage/liveUsage.ts';
import { Prices } from '../usage/prices.ts';
import { looked, usageWorkerDataSchema } from '../usage/workerData.ts';
import { LimitsPublisher } from './limitsPublisher.ts';

// Entry of the usage worker (dist/usageWorker.cjs). Posts PackedUsage and publishes limits; understands 'rescan' (posts 'looked' when what
// was there then is posted and published), 'cancel' (a long first reading), 'preferences' (they have changed) and 'stop'. A defect ends the
// thread, which its host sees as an 'error' event.

const port = parentPort;
if (port === null) throw new Error('the usage worker runs in a worker thread only');
const { home, env, platform, sinceMs, prices } = v.parse(usageWorkerDataSchema, workerData);

const folder = stateFolder({ home, env, platform });
const limits = new LimitsPublisher(folder, Date.now);
const live = new LiveUsage({
  sources: transcriptSources,
  surroundings: { home, env, platform },
  stateFolder: folder,
  // Everything is read, the newest first: agents delete old transcripts, and what they tell of is to be kept.
  sinceMs: null,
  shownSinceMs: sinceMs,
  prices: new Prices(prices),
  fitTurns: fitOf,
  now: Date.now,
  post: (usage, scan) => {
    const packed = packedUsage(usage);
    port.postMessage(packed, [packed.sessions.buffer, packed.slices.buffer]);
    limits.take({ usage, drifts: scan.drifts(), owners: scan.owners() });
  },
});

async function rescan(): Promise<void> {
  await live.look();
  await limits.publishNow();
  port?.postMessage(looked);
}

const patienceMs = 5000;

/**
 * Ends this thread, from within. From outside (`Worker.terminate`) Node 20 aborts the whole process, which is the editor's extension host, if
 * it hits a thread just as it asks for a file: 3 of 1,800 times, measured; so it is for threads that do not hear.
 */
async function stop(): Promise<void> {
  limits.close();
  // A disk that does not answer: what was read is not kept then.
  setTimeout(() => process.exit(), patienceMs).unref();
  try {
    await live.stop();
  } finally {
    port?.close();
  }
}

port.on('message', (message: unknown) => {
  if (message === 'rescan') void rescan();
  if (message === 'cancel') live.cancel();
  if (message === 'preferences') limits.refresh();
  if (message === 'stop') void stop();
});

void live.look();
