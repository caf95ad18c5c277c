import { watch, type FSWatcher } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { sessionEventSchema, type SessionEvent } from '../../plan/chunkRun.ts';
import { makePrivateFolder } from '../../store/atomicFile.ts';
import { errorCode, errorText } from '../../store/errno.ts';
import { eventLogFile } from '../../store/eventLog.ts';
import type { Log } from '../log.ts';

const restMs = 100;
/** The log is begun anew above a megabyte. */
const mostBytes = 4_000_000;

/** What agents' hooks note of sessions, as it is written: the event log, read on from where it was left. */
export class TurnWatch implements vscode.Disposable {
  readonly #file: string;
  readonly #log: Log;
  readonly #happened = new vscode.EventEmitter<SessionEvent>();
  /** in the order of the log, those from before this window was opened too */
  readonly onDidHappen = this.#happened.event;
  #watcher: FSWatcher | undefined;
  #read = 0;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(stateFolder: string, log: Log) {
    this.#file = eventLogFile(stateFolder);
    this.#log = log;
    void this.#follow();
  }

  async #follow(): Promise<void> {
    const folder = path.dirname(this.#file);
    try {
      // The first hook may come after us.
      await makePrivateFolder(folder);
      if (this.#disposed) return;
      this.#watcher = watch(folder, (_event, name) => {
        if (name !== path.basename(this.#file)) return;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.look(), restMs);
      });
      this.#watcher.on('error', (error) => this.#log.warn(`[plan] watch lost problem="${errorText(error)}"`));
    } catch (error) {
      this.#log.warn(`[plan] turns are not watched problem="${errorText(error)}"`);
    }
    // A chunk may have been with an agent when the last window was closed.
    this.look();
  }

  /** Reads what is new; one after the other. */
  look(): void {
    this.#reading = this.#reading.then(() =>
      this.#readOn().catch((error: unknown) =>
        this.#log.warn(`[plan] event log not read problem="${errorText(error)}"`),
      ),
    );
  }

  async #readOn(): Promise<void> {
    const text = await this.#newText();
    // A line is written whole; a half one would be of a writer that was killed.
    for (const line of text.split('\n')) {
      const parsed = v.safeParse(sessionEventSchema, parseJson(line));
      if (parsed.success) this.#happened.fire(parsed.output);
    }
  }

  async #newText(): Promise<string> {
    try {
      const handle = await open(this.#file, 'r');
      try {
        const { size } = await handle.stat();
        // Begun anew.
        if (size < this.#read) this.#read = 0;
        const from = Math.max(this.#read, size - mostBytes);
        const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size - from), position: from });
        this.#read = from + bytesRead;
        return buffer.toString('utf8', 0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return '';
      throw error;
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#happened.dispose();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
