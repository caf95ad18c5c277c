import { randomBytes } from 'node:crypto';
import {
  defaultMaxFileBytes,
  defaultWaitMs,
  openOptions,
  ownStateFolder,
  type CheckpointsOptions,
} from './openOptions.ts';
import { openWorkingTree } from './openWorkingTree.ts';
import type { SetRestoreTools } from './sets/restoreSet.ts';

/** Clock, chance, limits and waiting for everything that is done through one opening. */
export function setTools(options: CheckpointsOptions): SetRestoreTools {
  return {
    open: async (member) =>
      (await openWorkingTree(member, { ...openOptions(options), newStoreAt: null, early: Promise.resolve(null) }))
        .repository,
    stateFolder: options.stateFolder ?? ownStateFolder(),
    waitMs: options.waitMs ?? defaultWaitMs,
    signal: options.signal,
    maxFileBytes: options.maxFileBytes ?? defaultMaxFileBytes,
    lockWaitMs: 3000,
    now: Date.now,
    random: () => randomBytes(3).toString('hex'),
  };
}
