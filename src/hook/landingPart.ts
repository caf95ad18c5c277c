import type { HookAnswer } from '../agents/agent.ts';
import { agentHooks } from '../agents/agentHooks.ts';
import { land } from '../landing/land.ts';
import { farFile } from '../install/launcher.ts';
import { appendEvent } from '../store/eventLog.ts';
import { readLimits } from '../store/limitsFile.ts';
import { readPreferences } from '../store/preferences.ts';
import type { HookContext } from './answers.ts';
import { teedReadings } from './teedReadings.ts';
import { keepTruce } from './truce.ts';

/** Asks the agent to come to a working state when a limit is near. */
export async function answerLanding(context: HookContext): Promise<HookAnswer | null> {
  const { event, session, stateFolder, surroundings, saved, verifyCommand, now } = context;
  if (event.kind !== 'prompt' && event.kind !== 'tool' && event.kind !== 'tool-done' && event.kind !== 'turn')
    return null;
  const started = performance.now();
  const preferences = await readPreferences(stateFolder);
  const limits = await readLimits(stateFolder);
  const at = now();
  const landed = await land({
    event,
    isHeard: agentHooks(event.agent)?.hearing.has(event.kind) === true,
    stateFolder,
    surroundings,
    preferences,
    limits: limits?.windows ?? [],
    readings: teedReadings(event.agent, stateFolder, surroundings),
    transcriptPath: event.transcriptPath ?? session.transcriptPath,
    hasWorked: session.workedFor === session.promptNumber,
    saved,
    verifyCommand,
    now: at,
    timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  await keepTruce(farFile(stateFolder, event.agent), {
    seconds: landed.farSeconds,
    now: at,
    isForCommands: landed.isVendorKnown,
    // A reserve that is learned may be another after a prompt: then the turn before counts.
    isForPrompts: landed.isVendorKnown && preferences.reserveMode === 'fixed',
  });
  if (landed.said !== null) {
    const ms = Math.round((performance.now() - started) * 10) / 10;
    const thread = event.subagentId === null ? 'main' : 'subagent';
    await appendEvent(stateFolder, at, 'landing.told', {
      agent: event.agent,
      session: event.sessionId,
      kind: event.kind,
      thread,
      ...landed.said,
      ms,
    });
  }
  return landed.answer;
}
