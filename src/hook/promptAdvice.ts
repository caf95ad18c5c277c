import { statSync } from 'node:fs';
import path from 'node:path';
import type { HookAnswer, HookEvent } from '../agents/agent.ts';
import { namedFiles, promptFeatures, withPlanMode } from '../agents/promptFeatures.ts';
import { decide, type Verdict } from '../budget/decision.ts';
import { type Estimate, estimateTask } from '../budget/estimate/estimate.ts';
import { overTurns } from '../budget/estimate/overTurns.ts';
import type { Task } from '../budget/estimate/similarity.ts';
import type { FileTokens } from '../budget/estimate/thumb.ts';
import { verdictText } from '../budget/verdictText.ts';
import { windowNeeds, windowsFor } from '../budget/windowNeed.ts';
import { defaultPlanFile, readPlanFile } from '../plan/planFile.ts';
import { nextChunk } from '../plan/plan.ts';
import { planRequest } from '../plan/planRequest.ts';
import { currentPlan } from '../plan/planText.ts';
import { newTokensOf, type Turn } from '../protocol/turn.ts';
import { readLimits } from '../store/limitsFile.ts';
import { type DecisionMode, readPreferences } from '../store/preferences.ts';
import { readOtherTurns, readTurns, repositoryFolder, sessionNumber } from '../store/turnFile.ts';

type PromptEvent = Extract<HookEvent, { kind: 'prompt' }>;

/** With fewer turns of a repository those of others are looked at. */
const fewTurns = 15;
const otherRepositories = 3;
const fewOfOthers = 40;
/** A prompt waits for us: older turns would change little. */
const mostTurns = 150;
/** A transcript of this size has more than a first prompt in it. */
const begunTranscript = 50_000;
const charactersPerToken = 3.6;
/** No more of a file is read at once by any agent's tool. */
const mostTokensOfFile = 25_000;
const mostFiles = 20;

/**
 * What to say at a prompt: nothing while there is room, or while nothing is known. Reads small files of the state folder only; no
 * tokenizer, no transcript, no git. Throws what reading throws.
 */
export async function promptAdvice(event: HookEvent, stateFolder: string, now: number): Promise<HookAnswer> {
  if (event.kind !== 'prompt' || event.isAutoContinuation || event.subagentId !== null) return {};
  const features = withPlanMode(promptFeatures(event.prompt), event.isPlanMode === true);
  if (features.words === 0 || features.traits.includes('go-on') || features.traits.includes('command')) return {};
  const preferences = await readPreferences(stateFolder);
  if (preferences.decision === 'off') return {};
  const limits = await readLimits(stateFolder);
  const { agent, sessionId, transcriptPath, cwd } = event;
  const folder = repositoryFolder(cwd);
  const session = sessionNumber(agent, sessionId);
  const asked = { agent, sessionId, transcriptPath };
  const windows = windowsFor(limits?.windows ?? [], asked, now);
  if (windows.length === 0) return {};
  const turns = overTurns(readTurns(stateFolder, folder, mostTurns), session, now);
  const others =
    turns.length < fewTurns
      ? overTurns(readOtherTurns(stateFolder, folder, otherRepositories, fewOfOthers), session, now)
      : [];
  const task = taskOf({ ...features, agent }, [...others, ...turns], session, transcriptPath);
  const estimate = estimateTask({ task, turns, others, files: filesOf(event), effort: 'quick' });
  const reserve = { percent: preferences.reservePercent, mode: preferences.reserveMode };
  const needs = windowNeeds(windows, { estimate, turns, model: task.model, reserve });
  const isRed = await isPlanRed(cwd);
  const verdict = decide({ task, estimate, needs, isRed, now });
  return answerTo(verdict, { estimate, mode: preferences.decision, event, now });
}

/** The words of a decision, by what the user chose. Pure but for the name of the plan file. */
function answerTo(
  verdict: Verdict,
  {
    estimate,
    mode,
    event,
    now,
  }: { readonly estimate: Estimate; readonly mode: DecisionMode; readonly event: PromptEvent; readonly now: number },
): HookAnswer {
  const { decision, chunks } = verdict;
  if (decision === 'proceed' || decision === 'unknown' || mode === 'off') return {};
  const told = `Soft Landing: ${verdictText(verdict, estimate, now)}`;
  // A chunk is what a split ends in: it is not split again.
  const isChunk = /^Work on chunk \d+ of \d+/.test(event.prompt);
  if (decision === 'tight' || mode === 'warn' || isChunk) return { tellUser: told };
  const file = defaultPlanFile(event.cwd);
  if (mode === 'block') {
    return {
      deny: `${told} The prompt was not sent. Split the task, or send it after the reset; softLanding.decision changes this.`,
    };
  }
  const request = planRequest(path.relative(event.cwd, file) || file, chunks?.tokens ?? null);
  return { tellUser: `${told} The agent is asked for chunks first.`, tellAgent: request };
}

/** What the history knows of the session: its model, and how full its context is. */
function taskOf(
  features: Omit<Task, 'model' | 'context'>,
  turns: readonly Turn[],
  session: number,
  transcriptPath: string | null,
): Task {
  const last = turns.findLast((turn) => turn.session === session);
  const model = last?.model ?? turns.findLast((turn) => turn.agent === features.agent)?.model ?? null;
  if (last !== undefined) return { ...features, model, context: last.context + newTokensOf(last.tokens) };
  const isBegun = transcriptPath !== null && (sizeOf(transcriptPath) ?? 0) > begunTranscript;
  return { ...features, model, context: isBegun ? null : 0 };
}

/** By their size alone: counting tokens takes longer than a prompt may wait. null where none of the named files is there. */
function filesOf({ prompt, cwd }: PromptEvent): FileTokens | null {
  const sizes = namedFiles(prompt)
    .slice(0, mostFiles)
    .flatMap((file) => sizeOf(path.resolve(cwd, file)) ?? []);
  if (sizes.length === 0) return null;
  const tokens = sizes.reduce((sum, size) => sum + Math.min(mostTokensOfFile, size / charactersPerToken), 0);
  return { tokens, isApproximate: true };
}

function sizeOf(file: string): number | null {
  try {
    const stats = statSync(file);
    return stats.isFile() ? stats.size : null;
  } catch {
    // Named, but not there: to be made, or no file at all.
    return null;
  }
}

/** A chunk whose verify command failed, and that was not mended yet, says that the tree is red. */
async function isPlanRed(cwd: string): Promise<boolean | null> {
  const text = await readPlanFile(defaultPlanFile(cwd));
  const plan = text.ok ? currentPlan(text.value)?.plan : undefined;
  if (plan === undefined) return null;
  return nextChunk(plan)?.status === 'red' ? true : null;
}
