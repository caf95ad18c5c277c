import { statSync } from 'node:fs';
import path from 'node:path';
import type { HookAnswer, HookEvent } from '../agents/agent.ts';
import { namedFiles, promptFeatures, withPlanMode } from '../agents/promptFeatures.ts';
import type { Verdict } from '../budget/decision.ts';
import type { Estimate } from '../budget/estimate/estimate.ts';
import type { FileTokens } from '../budget/estimate/thumb.ts';
import { estimateFromState } from '../budget/taskEstimate.ts';
import { verdictText } from '../budget/verdictText.ts';
import { windowsFor } from '../budget/windowNeed.ts';
import { planFileBy } from '../plan/planFile.ts';
import { planRequest } from '../plan/planRequest.ts';
import { readLimits } from '../store/limitsFile.ts';
import { type DecisionMode, readPreferences } from '../store/preferences.ts';

type PromptEvent = Extract<HookEvent, { kind: 'prompt' }>;

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
  const limits = (await readLimits(stateFolder))?.windows ?? [];
  const { agent, sessionId, transcriptPath, cwd } = event;
  const asking = { agent, sessionId, transcriptPath };
  if (windowsFor(limits, asking, now).length === 0) return {};
  const isBegun = transcriptPath !== null && (sizeOf(transcriptPath) ?? 0) > begunTranscript;
  const file = planFileBy(cwd, preferences.planFile);
  const { estimate, verdict } = estimateFromState(
    { features, cwd, asking, files: filesOf(event), isBegun },
    { stateFolder, limits, preferences, now, effort: 'quick' },
  );
  return answerTo(verdict, { estimate, mode: preferences.decision, event, file, now });
}

/** The words of a decision, by what the user chose. Pure. */
function answerTo(
  verdict: Verdict,
  {
    estimate,
    mode,
    event,
    file,
    now,
  }: {
    readonly estimate: Estimate;
    readonly mode: DecisionMode;
    readonly event: PromptEvent;
    readonly file: string;
    readonly now: number;
  },
): HookAnswer {
  const { decision, chunks } = verdict;
  if (decision === 'proceed' || decision === 'unknown' || mode === 'off') return {};
  const told = `Soft Landing: ${verdictText(verdict, estimate, now)}`;
  // A chunk is what a split ends in: it is not split again.
  const isChunk = /^(?:Work on chunk \d+ of \d+|Chunk \d+ of the plan )/.test(event.prompt);
  if (decision === 'tight' || mode === 'warn' || isChunk) return { tellUser: told };
  if (mode === 'block') {
    return {
      deny: `${told} The prompt was not sent. Split the task, or send it after the reset; softLanding.decision changes this.`,
    };
  }
  const request = planRequest(path.relative(event.cwd, file) || file, chunks?.tokens ?? null);
  return { tellUser: `${told} The agent is asked for chunks first.`, tellAgent: request };
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
