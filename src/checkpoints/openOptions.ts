import { homedir } from 'node:os';
import { stateFolder } from '../store/stateFolder.ts';
import type { EarlyLook } from './capture/earlyLook.ts';
import type { OpenOptions } from './openWorkingTree.ts';

export interface CheckpointsOptions {
  readonly maxFileBytes?: number;
  readonly signal?: AbortSignal;
  /** told at each start of a git: until it ends there is time for something else */
  readonly onGit?: () => void;
  /** how long to wait for another checkpoint or reset of this repository; default 15 s */
  readonly waitMs?: number;
  /** where checkpoints are kept that cannot be in a repository; default: this program's own (store/stateFolder.ts) */
  readonly stateFolder?: string;
  /** a look that was begun before; used for the first checkpoint, if it was at this repository and nothing was saved or staged since */
  readonly early?: Promise<EarlyLook | null>;
  /**
   * A folder that gets checkpoints though it is in no repository: what a person or an agent works in, named by whoever saves.
   * Without it such a folder is only opened if it has checkpoints already.
   */
  readonly newStoreAt?: string;
  /** a person has agreed to save a large folder that is in no repository */
  readonly allowLarge?: boolean;
}

export function ownStateFolder(): string {
  return stateFolder({ home: homedir(), env: process.env, platform: process.platform });
}

export const defaultMaxFileBytes = 20_000_000;
export const defaultWaitMs = 15_000;

/** The same with everything that is not said. */
export function openOptions(options: CheckpointsOptions): OpenOptions {
  return {
    stateFolder: options.stateFolder ?? ownStateFolder(),
    home: homedir(),
    maxFileBytes: options.maxFileBytes ?? defaultMaxFileBytes,
    newStoreAt: options.newStoreAt ?? null,
    allowLarge: options.allowLarge ?? false,
    waitMs: options.waitMs ?? defaultWaitMs,
    signal: options.signal,
    onStart: options.onGit,
    early: options.early ?? Promise.resolve(null),
  };
}
