import type { Chunk, Plan } from './plan.ts';
import { tokensText } from './planFields.ts';

/**
 * Asks an agent to split its task before it begins, in one paragraph and one example.
 * @param file the plan file as the agent would name it
 * @param room how many tokens a chunk may take; null: not known
 */
export function planRequest(file: string, room: number | null): string {
  const size =
    room === null
      ? 'Keep each chunk small enough to end well within one session.'
      : `Keep each chunk below ${tokensText(room)}.`;
  return [
    `This task is too large for what is left of the usage limit. Before changing any code, split it into chunks and write them to ${file}, then stop and show them.`,
    `Each chunk must leave the project working, with its tests passing. ${size} Use exactly this format, one item per chunk, fields indented by two spaces; leave the boxes empty:`,
    '',
    '# Plan: title of the task',
    '',
    '- [ ] title of the chunk',
    '  - Done when: what can be observed when it is finished',
    '  - Verify: `the command that proves it`',
    '  - Budget: 40K tokens',
  ].join('\n');
}

/** What an agent is told to do next: one chunk, and where it ends. */
export function chunkPrompt(plan: Plan, chunk: Chunk, file: string): string {
  const { number, title, doneWhen, verify, budgetTokens, status } = chunk;
  const where = plan.title === '' ? `plan: ${file}` : `plan "${plan.title}" in ${file}`;
  return [
    // Its title early: lists of prompts show no more than a line's beginning.
    `Work on chunk ${number} of ${plan.chunks.length}: ${title} (${where}).`,
    ...(status === 'begun' ? ['It was begun before: look at what is there already.'] : []),
    ...(status === 'red' ? ['Its verify command failed: mend that first.'] : []),
    ...(doneWhen === null ? [] : [`It is done when: ${doneWhen.replace(/\.$/, '')}.`]),
    ...(verify === null ? [] : [`Verify with: \`${verify}\`.`]),
    ...(budgetTokens === null ? [] : [`Budget: about ${tokensText(budgetTokens)}.`]),
    'Do this chunk only. When it is finished and verified, stop; do not begin the next one.',
  ].join('\n');
}
