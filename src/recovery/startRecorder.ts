import { spawn } from 'node:child_process';
import path from 'node:path';
import type { CuttingEvent } from './recordFailure.ts';

/**
 * Starts the recorder (recorder.ts) in a session of its own, and does not wait for it: the agent may kill the hook, and whatever is in its
 * process group, at any moment.
 * @param programDir the folder of the bundles
 */
export function startRecorder(event: CuttingEvent, programDir: string): void {
  const { kind, agent, sessionId, cwd, transcriptPath, subagentId } = event;
  const told = event.kind === 'failed' ? { error: event.error.slice(0, 2000), resetsAt: event.resetsAt ?? null } : {};
  const json = JSON.stringify({ kind, agent, sessionId, cwd, transcriptPath, subagentId, ...told });
  const child = spawn(process.execPath, [path.join(programDir, 'recorder.cjs'), json], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    // The agent's folder may be on its way out of existence.
    cwd: programDir,
  });
  // Out of processes: the editor, the command line or the next session will find it.
  child.on('error', () => undefined);
  child.unref();
}
