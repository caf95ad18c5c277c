import { newTokensOf, type PromptFeatures, type Turn } from '../protocol/turn.ts';
import type { LimitWindow } from '../protocol/limits.ts';
import type { Preferences } from '../store/preferences.ts';
import { readOtherTurns, readTurns, repositoryFolder, sessionNumber } from '../store/turnFile.ts';
import { readTreeVerdict } from '../store/verdictFile.ts';
import { decide, type Verdict } from './decision.ts';
import { type Estimate, estimateTask } from './estimate/estimate.ts';
import type { Effort } from './estimate/history.ts';
import { overTurns } from './estimate/overTurns.ts';
import type { Task } from './estimate/similarity.ts';
import type { FileTokens } from './estimate/thumb.ts';
import { pastTurns, quickTurns } from './pastTurns.ts';
import { type Asking, windowNeeds, windowsFor } from './windowNeed.ts';

/** A task that somebody is about to begin. */
export interface TaskQuestion {
  readonly features: PromptFeatures;
  /** where the agent works */
  readonly cwd: string;
  /** whose session; all null where the task is in none yet */
  readonly asking: Asking;
  /** a session that the task may go into, though it is not asked in it: what is left of its own budget counts */
  readonly beside?: Pick<Asking, 'agent' | 'sessionId'> | undefined;
  /** what the named or open files hold; null: nobody looked */
  readonly files: FileTokens | null;
  /** the session has something in its context that the turns do not tell */
  readonly isBegun: boolean;
}

export interface TaskAnswer {
  readonly estimate: Estimate;
  readonly verdict: Verdict;
}

interface Known {
  readonly stateFolder: string;
  readonly limits: readonly LimitWindow[];
  readonly preferences: Pick<Preferences, 'reservePercent' | 'reserveMode'>;
  /** epoch milliseconds */
  readonly now: number;
  /** quick: at a prompt, where older turns and all trials would take too long */
  readonly effort: Effort;
}

/** With fewer turns of a repository those of others are looked at. */
const fewTurns = 15;
const otherRepositories = 3;
const fewOfOthers = 40;

/** What a task takes and whether there is room, by what the state folder holds. Throws what reading throws. */
export function estimateFromState(question: TaskQuestion, known: Known): TaskAnswer {
  const { features, cwd, asking, beside, files } = question;
  const { stateFolder, limits, preferences, now, effort } = known;
  const folder = repositoryFolder(cwd);
  const session =
    asking.agent === null || asking.sessionId === null ? null : sessionNumber(asking.agent, asking.sessionId);
  const { turns, fit } = pastTurns(stateFolder, cwd, { session, now, ...(effort === 'quick' && { most: quickTurns }) });
  const others =
    turns.length < fewTurns
      ? overTurns(readOtherTurns(stateFolder, folder, otherRepositories, fewOfOthers), session, now)
      : [];
  const agent = asking.agent ?? beside?.agent ?? turns.at(-1)?.agent ?? others.at(-1)?.agent ?? null;
  const task = taskOf({ ...features, agent }, [...others, ...turns], session, question.isBegun);
  const estimate = estimateTask({ task, turns, others, files, fit, effort });
  const windows = windowsFor(
    limits,
    { ...asking, agent, sessionId: asking.sessionId ?? beside?.sessionId ?? null },
    now,
  );
  const reserve = { percent: preferences.reservePercent, mode: preferences.reserveMode };
  const needs = windowNeeds(windows, { estimate, turns, model: task.model, reserve });
  return { estimate, verdict: decide({ task, estimate, needs, isRed: isRed(stateFolder, cwd), now }) };
}

/** Whether the verify command failed when it ran last; null: nothing was verified. */
function isRed(stateFolder: string, cwd: string): boolean | null {
  const verdict = readTreeVerdict(stateFolder, cwd);
  return verdict === null ? null : verdict === 'red';
}

/** The model that a task in this folder is going to have, as far as past ones tell. */
export function usualModel(stateFolder: string, cwd: string): string | null {
  return readTurns(stateFolder, repositoryFolder(cwd)).turns.at(-1)?.model ?? null;
}

/** What the history knows of the session: its model, and how full its context is. */
function taskOf(
  features: Omit<Task, 'model' | 'context'>,
  turns: readonly Turn[],
  session: number | null,
  isBegun: boolean,
): Task {
  const last = session === null ? undefined : turns.findLast((turn) => turn.session === session);
  const model = last?.model ?? turns.findLast((turn) => turn.agent === features.agent)?.model ?? null;
  if (last !== undefined) return { ...features, model, context: last.context + newTokensOf(last.tokens) };
  return { ...features, model, context: isBegun ? null : 0 };
}
