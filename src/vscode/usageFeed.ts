import path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Surroundings } from '../agents/agent.ts';
import { packedUsageSchema, unpackedUsage } from '../protocol/packedUsage.ts';
import type { UsageSnapshot } from '../protocol/usage.ts';
import type { PriceOverrides } from '../protocol/modelPrice.ts';
import { looked, type UsageWorkerData } from '../usage/workerData.ts';
import type { Log } from './log.ts';

/** How far back the gauge looks: a weekly limit's row can be a week old. The CLI's `usage` reads everything. */
const lookBackMs = 7 * 24 * 3600 * 1000;
const restartAfterMs = 30_000;
/** The thread ends by itself long before that, unless it hangs. */
const patienceMs = 20_000;
const lookPatienceMs = 2000;

/** Runs the usage worker and passes on its snapshots: transcripts are read beside the extension host, never in it. */
export class UsageFeed implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<UsageSnapshot>();
  readonly onDidChange = this.#changed.event;
  readonly #file: string;
  readonly #surroundings: () => Surroundings;
  readonly #prices: () => PriceOverrides;
  readonly #log: Log;
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #disposed = false;
  /** who waits for the worker to have looked, in the order in which it was asked */
  #looks: (() => void)[] = [];

  constructor(extensionPath: string, surroundings: () => Surroundings, prices: () => PriceOverrides, log: Log) {
    this.#file = path.join(extensionPath, 'dist', 'usageWorker.cjs');
    this.#surroundings = surroundings;
    this.#prices = prices;
    this.#log = log;
    // A thread takes a few milliseconds to start: after activation, not in it.
    setImmediate(() => this.#start());
  }

  #start(): void {
    if (this.#disposed) return;
    const { home, env, platform } = this.#surroundings();
    const workerData: UsageWorkerData = {
      home,
      env: { ...env },
      platform: workerPlatform(platform),
      sinceMs: Date.now() - lookBackMs,
      prices: this.#prices(),
    };
    const worker = new Worker(this.#file, { workerData, name: 'soft-landing-usage' });
    this.#looks = [];
    worker.on('message', (message: unknown) => {
      if (message === looked) {
        if (this.#worker === worker) this.#looks.shift()?.();
        return;
      }
      const parsed = v.safeParse(packedUsageSchema, message);
      if (parsed.success) this.#changed.fire(unpackedUsage(parsed.output));
      else this.#log.error(`[usage] unreadable snapshot problem="${parsed.issues[0].message}"`);
    });
    // A defect in the reader must not end the gauge for good.
    worker.on('error', (error) => this.#log.error('[usage] worker failed', error));
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return;
      // Nobody is to wait for it to end any more.
      this.#worker = undefined;
      if (this.#disposed) return;
      this.#log.warn(`[usage] worker ended code=${code}`);
      this.#restart = setTimeout(() => this.#start(), restartAfterMs);
    });
    this.#worker = worker;
  }

  /** Reads everything anew, for a changed place of the agents' files, or changed prices. */
  restart(): void {
    const old = this.#worker;
    clearTimeout(this.#restart);
    this.#start();
    end(old);
  }

  /** The preferences in the state folder have changed: the limits that are published depend on them. */
  publishLimits(): void {
    this.#worker?.postMessage('preferences');
  }

  /**
   * Has the worker look now at everything, and resolves when what it found is in `onDidChange` and in the published limits; after two
   * seconds at the latest, since a person waits: then what is known has to do.
   */
  async look(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, lookPatienceMs);
      this.#looks.push(resolve);
      worker.postMessage('rescan');
    });
    clearTimeout(timer);
  }

  /** Ends it, and waits until nothing is written any more. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    const ended = worker && new Promise((resolve) => worker.once('exit', resolve));
    this.dispose();
    await ended;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#restart);
    end(this.#worker);
    this.#changed.dispose();
  }
}

/**
 * Lets the worker keep what it has read. Broken off in the midst of writing it would leave its lock, which our process, alive, seems
 * to hold for half an hour.
 */
function end(worker: Worker | undefined): void {
  if (worker === undefined) return;
  worker.postMessage('stop');
  const timer = setTimeout(() => void worker.terminate(), patienceMs).unref();
  worker.once('exit', () => clearTimeout(timer));
}

function workerPlatform(platform: NodeJS.Platform): UsageWorkerData['platform'] {
  // Platforms that VS Code does not run on have no agents either.
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}
