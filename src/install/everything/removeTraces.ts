import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { storesFolder } from '../../checkpoints/outside/storeFolder.ts';
import { fail, succeed, type Result } from '../../protocol/result.ts';
import { said, type Wording } from '../../protocol/sentence.ts';
import { errorText } from '../../store/errno.ts';
import { placesFolder } from '../../store/knownPlaces.ts';
import { agentInstalls } from '../agentInstall.ts';
import { uninstallAlias } from '../gitAlias.ts';
import { uninstallFrom } from '../settingsInstall.ts';
import { statuslineTarget } from '../statuslineInstall.ts';
import type { EverythingRequest } from './findTraces.ts';
import { removeFromRepository } from './repositoryTraces.ts';
import { traceKinds, type Trace } from './trace.ts';

export interface RemovedTrace {
  readonly trace: Trace;
  /** why it is still there; null: it is gone */
  readonly problem: Wording | null;
}

/** What stays when the checkpoints are to stay. */
export function withoutCheckpoints(traces: readonly Trace[]): readonly Trace[] {
  return traces.filter(({ kind }) => kind !== 'checkpoints');
}

/**
 * Takes the traces back, each by itself: one that cannot be removed hinders no other, and a second run goes on with what is left.
 * @param options `keepCheckpoints`: leave those in the state folder (of folders without git) too
 */
export async function removeTraces(
  traces: readonly Trace[],
  request: EverythingRequest,
  options: { readonly keepCheckpoints: boolean },
): Promise<readonly RemovedTrace[]> {
  const removed: RemovedTrace[] = [];
  for (const kind of traceKinds) {
    for (const trace of traces) {
      if (trace.kind !== kind) continue;
      // It knows where the rest is. Without it nobody could try again.
      if (trace.kind === 'state' && removed.some(({ problem }) => problem !== null)) {
        removed.push({ trace, problem: said('It is kept until everything else is gone.') });
        continue;
      }
      const result = await remove(trace, request, options.keepCheckpoints).catch((error: unknown) =>
        fail({ message: errorText(error) }),
      );
      removed.push({ trace, problem: result.ok ? null : result.failure });
    }
  }
  return removed;
}

async function remove(
  trace: Trace,
  request: EverythingRequest,
  keepCheckpoints: boolean,
): Promise<Result<null, Wording>> {
  const { launcher, surroundings } = request;
  switch (trace.kind) {
    case 'hooks': {
      const install = agentInstalls.find(({ agent }) => agent === trace.agent);
      if (!install) return fail(said('{0} is not known.', trace.agent));
      return told(await uninstallFrom(install.target(trace.file, request), { launcher, dryRun: false }));
    }
    case 'statusline':
      return told(await uninstallFrom(statuslineTarget(trace.file, launcher), { launcher, dryRun: false }));
    case 'alias':
      return told(await uninstallAlias({ scope: trace.scope, dir: trace.dir, surroundings, launcher, dryRun: false }));
    case 'checkpoints':
      return removeFromRepository(trace);
    case 'plan':
      await rm(trace.folder, { recursive: true, force: true });
      return succeed(null);
    case 'state':
      await removeState(trace.folder, keepCheckpoints);
      return succeed(null);
  }
}

function told(result: Result<unknown, Wording>): Result<null, Wording> {
  return result.ok ? succeed(null) : result;
}

/** With the checkpoints stays what tells where they are, so that they can be removed another day. */
async function removeState(folder: string, keepCheckpoints: boolean): Promise<void> {
  const kept = keepCheckpoints ? [storesFolder(folder), placesFolder(folder)].map((each) => path.basename(each)) : [];
  const names = await readdir(folder);
  for (const name of names) {
    if (!kept.includes(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
  if (!names.some((name) => kept.includes(name))) await rm(folder, { recursive: true, force: true });
}
