import { existsSync } from 'node:fs';
import type { HookEvent } from '../agents/agent.ts';
import { agentHooks } from '../agents/agentHooks.ts';
import { startRecorder } from '../recovery/startRecorder.ts';
import { spoolFolder } from '../store/readingSpool.ts';
import { limitsFile, preferencesFile } from '../store/stateFiles.ts';
import type { HookPart } from './answers.ts';
import { isSpared } from './truce.ts';

/** In the order in which their words stand in an answer. Each is loaded by the events that concern it, from a bundle of its own. */
export const hookParts: readonly HookPart[] = [
  {
    name: 'hand-over',
    events: new Set(['session']),
    async answer({ event, stateFolder, now, surroundings, signal }) {
      const { handOverFor } = await import('../recovery/sessionStart.ts');
      const tellAgent = await handOverFor(event, stateFolder, now(), { surroundings, signal });
      return tellAgent === null ? null : { tellAgent };
    },
  },
  {
    name: 'recovery',
    events: new Set(['failed', 'ended', 'compact']),
    answer({ event, programDir }) {
      if (event.kind === 'failed' || event.kind === 'ended' || event.kind === 'compact')
        startRecorder(event, programDir);
      return Promise.resolve(null);
    },
  },
  {
    name: 'prompt advice',
    events: new Set(['prompt']),
    isBeside: true,
    isNeeded: (_event, stateFolder) => existsSync(limitsFile(stateFolder)),
    answer: async ({ event, stateFolder, now }) =>
      (await import('./promptAdvice.ts')).promptAdvice(event, stateFolder, now()),
  },
  {
    name: 'landing',
    events: new Set(['prompt', 'tool', 'tool-done', 'turn']),
    isBeside: true,
    isNeeded: (event, stateFolder, now) => canLimitBeKnown(event, stateFolder) && !isSpared(event, stateFolder, now),
    answer: async (context) => (await import('./landingPart.ts')).answerLanding(context),
  },
];

/** After tools it is asked all the same: it leaves the truce that lets the launcher start nothing for a while. */
function canLimitBeKnown({ kind, agent }: HookEvent, stateFolder: string): boolean {
  if (kind === 'tool-done' || agentHooks(agent)?.transcriptsTellLimits === true) return true;
  return [limitsFile, preferencesFile, spoolFolder].some((placeIn) => existsSync(placeIn(stateFolder)));
}
