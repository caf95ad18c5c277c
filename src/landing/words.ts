import { agentName } from '../protocol/agentName.ts';
import { isAboutToLeap } from './decision.ts';
import type { LandingLevel } from './landingState.ts';
import type { LandingWindow } from './windows.ts';

export interface LandingWordsInput {
  readonly agent: string;
  readonly level: LandingLevel;
  /** inside their reserves, the tightest first */
  readonly windows: readonly LandingWindow[];
  readonly isSubagent: boolean;
  /** the agent is about to end its turn: its last chance to be told */
  readonly isTurnEnd: boolean;
  /** null: not known */
  readonly verifyCommand: string | null;
  /** as the agent can name it */
  readonly handOver: string;
  readonly now: number;
  /** the user's, an IANA name */
  readonly timeZone: string;
}

/** What the model reads: short, factual, with numbers, and said to be from us, never as if the user spoke. */
export function wordsForAgent(input: LandingWordsInput): string {
  const { level, isTurnEnd } = input;
  const from = 'Soft Landing (a tool of the user that watches usage limits; this is not the user speaking)';
  const half = level === 'escalate' ? ` More than half of the reserve is used.` : '';
  const facts = `${input.windows.map((window) => windowFact(window, input)).join('; ')}. ${reserveFact(input.windows)}${half}`;
  const cutOff = 'When a limit is reached, requests are refused at once, wherever the work is.';
  const asks = isTurnEnd ? ['Before you end this turn:', ...landingSteps(input)] : steps(input);
  return `${from}: ${facts} ${cutOff}\n${asks.join('\n')}`;
}

function reserveFact(windows: readonly LandingWindow[]): string {
  const [tightest] = windows;
  const leap =
    tightest !== undefined && windows.every(isAboutToLeap)
      ? ` One more response may use ${percent(tightest.next * 100)}, so this comes before it is reached.`
      : '';
  return `Reserve for finishing: ${percent((tightest?.reserve ?? 0) * 100)}.${leap}`;
}

function steps(input: LandingWordsInput): readonly string[] {
  if (input.isSubagent) {
    return [
      input.level === 'escalate' ? 'Stop now:' : 'Land now:',
      '1. Finish the edit that is under way, or revert it; leave the code in a working state.',
      '2. Begin nothing new: no new files, no further parts of the task.',
      '3. Report to your caller what is done and what is open, and end.',
    ];
  }
  if (input.level === 'begun') {
    return [
      `This task begins ${input.windows.every(isAboutToLeap) ? 'at the edge of' : 'inside'} the reserve. Keep it small:`,
      '1. Work in steps that each leave the code working, and verify each.',
      '2. No subagents, and nothing that has to be finished later.',
      `3. If it is too large for what is left, say so, and write down what is to be done in ${input.handOver}.`,
    ];
  }
  return [
    input.level === 'escalate' ? 'Stop now; only leave a working state behind:' : 'Land now:',
    ...landingSteps(input),
  ];
}

function landingSteps({ level, verifyCommand, handOver }: LandingWordsInput): readonly string[] {
  const verify = verifyCommand === null ? "the project's tests, if there are any" : `\`${verifyCommand}\``;
  return [
    level === 'escalate'
      ? '1. No further work on the task; finish the edit that is under way only if that is quick, else revert it.'
      : '1. Finish the edit that is under way. No new files, no subagents, no further parts of the task.',
    `2. Run ${verify}. Fix what is red, or revert it.`,
    `3. Write what is done, what is open and how to go on to ${handOver}.`,
    '4. Stop, and tell the user how far you got.',
  ];
}

/** What a refused tool call is told, beside the words above or alone when they were told before. */
export function wordsOfRefusal({ level, windows, now, timeZone }: LandingWordsInput): string {
  const [tightest] = windows;
  const fact = tightest === undefined ? '' : `: ${windowFact(tightest, { now, timeZone })}`;
  const still =
    'Edits of existing files, commands and the hand-over stay allowed: bring the work to a working state and stop.';
  return `Refused by Soft Landing, which the user set to allow no new work (new files, subagents) ${
    level === 'escalate' ? 'so near to a limit' : 'inside the reserve'
  }${fact}. ${still}`;
}

/** What the person reads. */
export function wordsForUser({ agent, level, windows, isSubagent, now, timeZone }: LandingWordsInput): string {
  const facts = windows.map((window) => windowFact(window, { now, timeZone })).join('; ');
  const who = isSubagent ? `A subagent of ${agentName(agent)}` : agentName(agent);
  const what =
    level === 'begun'
      ? 'was told to keep to small steps'
      : level === 'escalate'
        ? 'was told to stop'
        : 'was told to land';
  return `Soft Landing: ${facts}. ${who} ${what}.`;
}

function windowFact(
  { label, used, isReckoned, resetsAt }: LandingWindow,
  when: { now: number; timeZone: string },
): string {
  const at = `${label} at ${isReckoned ? 'about ' : ''}${percent(Math.min(used, 1) * 100)}`;
  return resetsAt === null ? at : `${at}, resets ${resetText(resetsAt, when)}`;
}

/** Rounded down: 99.9 % is not yet all. */
function percent(value: number): string {
  return `${Math.floor(value + 1e-6)} %`;
}

function resetText(resetsAt: number, { now, timeZone }: { now: number; timeZone: string }): string {
  const minutes = Math.max(1, Math.round((resetsAt - now) / 60_000));
  const isFar = minutes >= 24 * 60;
  const day = isFar ? ({ weekday: 'short', day: 'numeric', month: 'short' } as const) : {};
  const at = new Intl.DateTimeFormat('en-GB', { ...day, hour: '2-digit', minute: '2-digit', timeZone }).format(
    resetsAt,
  );
  const wait = isFar
    ? `${Math.round(minutes / (24 * 60))} d`
    : minutes < 60
      ? `${minutes} min`
      : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${at} (in ${wait})`;
}
