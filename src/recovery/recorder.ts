/*
 * `recorder.cjs EVENT`: records a session that was cut off, in a process of its own. Claude Code, run with `-p`, kills its hooks almost at
 * once after a failure, and leaves; this process is in a session of its own and stays. EVENT is the hook's event as JSON.
 */
import os from 'node:os';
import * as v from 'valibot';
import { parsedJson } from '../agents/fields.ts';
import { errorText } from '../store/errno.ts';
import { appendEvent } from '../store/eventLog.ts';
import { stateFolder } from '../store/stateFolder.ts';
import { recordFailure } from './recordFailure.ts';

const common = {
  agent: v.string(),
  sessionId: v.string(),
  cwd: v.string(),
  transcriptPath: v.nullable(v.string()),
  subagentId: v.nullable(v.string()),
};
const eventSchema = v.variant('kind', [
  v.object({
    ...common,
    kind: v.literal('failed'),
    error: v.string(),
    resetsAt: v.optional(v.nullable(v.number()), null),
  }),
  v.object({ ...common, kind: v.literal('ended') }),
  v.object({ ...common, kind: v.literal('compact') }),
]);

/** Nobody waits for this process, and nobody would end it. */
const mostMs = 60_000;

const surroundings = { home: os.homedir(), env: process.env, platform: process.platform };
const folder = stateFolder(surroundings);
const signal = AbortSignal.timeout(mostMs);
setTimeout(() => process.exit(0), mostMs + 1000).unref();

async function main(): Promise<void> {
  const event = v.safeParse(eventSchema, parsedJson(process.argv[2] ?? ''));
  if (!event.success) return;
  await recordFailure(event.output, {
    surroundings,
    stateFolder: folder,
    open: async (dir) => {
      const { Checkpoints } = await import('../checkpoints/checkpoints.ts');
      return Checkpoints.open(dir, { stateFolder: folder, newStoreAt: dir, signal });
    },
    now: Date.now,
  });
}

main().catch(async (error: unknown) => {
  await appendEvent(folder, Date.now(), 'recovery.failed', { message: errorText(error) });
});
