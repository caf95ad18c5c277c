import type { HookPart } from './answers.ts';

/** In the order in which their words stand in an answer. Each is loaded by the events that concern it, from a bundle of its own. */
export const hookParts: readonly HookPart[] = [
  {
    name: 'landing',
    events: new Set(['prompt', 'tool', 'tool-done', 'turn']),
    answer: async (context) => (await import('./landingPart.ts')).answerLanding(context),
  },
];
