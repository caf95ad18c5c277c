import { statSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { charactersPerToken } from './countTokens.ts';
import { startFactor } from './modelFactor.ts';
import { tokenizerAnswerSchema, type CountedFiles, type TokenizerData } from './tokenizerMessages.ts';

/** Counts what files hold, in tokens of a model. */
export interface TokenCounter {
  /** Never throws, and ends in time: at worst everything is reckoned by size. */
  count(request: Omit<TokenizerData, 'deadlineMs'>): Promise<CountedFiles>;
}

/** Loading the vocabulary takes a second on a slow machine; after this, sizes have to do. */
const deadlineMs = 2500;
const patienceMs = 2500;

/** The tokenizer in a thread of its own. `programDir`: where `tokenizer.cjs` lies, beside the running bundle. */
export class WorkerTokenCounter implements TokenCounter {
  readonly #file: string;
  readonly #deadlineMs: number;
  readonly #patienceMs: number;

  constructor(programDir: string, limits: { readonly deadlineMs?: number; readonly patienceMs?: number } = {}) {
    this.#file = path.join(programDir, 'tokenizer.cjs');
    this.#deadlineMs = limits.deadlineMs ?? deadlineMs;
    this.#patienceMs = limits.patienceMs ?? patienceMs;
  }

  async count(request: Omit<TokenizerData, 'deadlineMs'>): Promise<CountedFiles> {
    if (request.files.length === 0)
      return { tokens: 0, isApproximate: false, missing: [], factor: startFactor(request.model) };
    return (await this.#ask({ ...request, deadlineMs: this.#deadlineMs })) ?? bySize(request);
  }

  /** null if the thread failed, or was still not done when patience ended; it is stopped then, wherever it is. */
  async #ask(workerData: TokenizerData): Promise<CountedFiles | null> {
    const worker = new Worker(this.#file, { workerData, name: 'soft-landing-tokenizer' });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<CountedFiles | null>((resolve) => {
        timer = setTimeout(() => resolve(null), this.#deadlineMs + this.#patienceMs);
        worker.on('message', (message: unknown) => {
          const parsed = v.safeParse(tokenizerAnswerSchema, message);
          resolve(parsed.success ? parsed.output : null);
        });
        worker.on('error', () => resolve(null));
        worker.on('exit', () => resolve(null));
      });
    } finally {
      clearTimeout(timer);
      await worker.terminate();
    }
  }
}

function bySize({ files, model }: Omit<TokenizerData, 'deadlineMs'>): CountedFiles {
  const factor = startFactor(model);
  const missing: string[] = [];
  let bytes = 0;
  for (const file of files) {
    try {
      const stats = statSync(file);
      // A folder has a size too.
      if (stats.isFile()) bytes += stats.size;
      else missing.push(file);
    } catch {
      missing.push(file);
    }
  }
  return { tokens: Math.round((bytes / charactersPerToken) * factor), isApproximate: true, missing, factor };
}
