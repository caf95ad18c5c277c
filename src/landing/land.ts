import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HookAnswer, HookEvent, Surroundings } from '../agents/agent.ts';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { reserves } from '../budget/pastTurns.ts';
import type { LimitWindow } from '../protocol/limits.ts';
import type { Reading } from '../protocol/usage.ts';
import { errorCode } from '../store/errno.ts';
import { takeFileLock } from '../store/fileLock.ts';
import { handOverFile, ownFolder, prepareOwnFolder } from '../store/handOverFile.ts';
import { makePrivateFolder } from '../store/atomicFile.ts';
import type { Preferences } from '../store/preferences.ts';
import {
  decideLanding,
  isAboutToLeap,
  isPastHalf,
  rankToldOf,
  windowsInside,
  withTold,
  type LandingDecision,
} from './decision.ts';
import { farSeconds, longestFarSeconds } from './farTruce.ts';
import {
  emptyLandingState,
  readLandingState,
  writeLandingState,
  landingStateFile,
  type LandingState,
  type LandingLevel,
} from './landingState.ts';
import { withTranscripts } from './ownTranscripts.ts';
import { untilCaughtUp } from './caughtUp.ts';
import { beganInside, isNewWork } from './strictMode.ts';
import { learnedRates, longestOthersMs, otherSessions } from './otherSessions.ts';
import { accountOf } from './transcriptAccount.ts';
import { landingWindows, type LandingWindow, type WindowsInput } from './windows.ts';
import { wordsForAgent, wordsForUser, wordsOfRefusal, type LandingWordsInput } from './words.ts';

/** Events at which an agent can be told to land. */
export type LandingEvent = Extract<HookEvent, { kind: 'prompt' | 'tool' | 'tool-done' | 'turn' }>;

export interface LandInput {
  readonly event: LandingEvent;
  /** the agent can be told something at this event; a denial it can always be told */
  readonly isHeard: boolean;
  readonly stateFolder: string;
  readonly surroundings: Surroundings;
  readonly preferences: Preferences;
  /** as published; empty: nobody did */
  readonly limits: readonly LimitWindow[];
  /** of the agent's statusline */
  readonly readings: readonly Reading[];
  readonly transcriptPath: string | null;
  /** whether the turn has called a tool that may change files or start work */
  readonly hasWorked: boolean;
  /** nothing is written into the working tree before */
  readonly saved: Promise<void>;
  /** asked for only when something is said */
  readonly verifyCommand: () => Promise<string | null>;
  readonly now: number;
  /** the user's, an IANA name; asked for only when something is said, since finding out takes 10 ms */
  readonly timeZone: () => string;
}

export interface Landed {
  readonly answer: HookAnswer | null;
  /** for so long nobody needs to look again */
  readonly farSeconds: number;
  /** whether that rests on what the vendor told: where it has told nothing yet, its first word can be that little is left */
  readonly isVendorKnown: boolean;
  /** for the log; null: nothing was said */
  readonly said: {
    readonly level: LandingLevel;
    readonly window: string;
    readonly usedPercent: number;
    /** `next-response`: one more could leave too little to land with */
    readonly reason: 'reserve' | 'next-response';
    readonly nextPercent: number;
  } | null;
}

const nothing: Landed = { answer: null, farSeconds: 0, isVendorKnown: false, said: null };

/** Longer than any holder needs; a hook that does not get it says nothing, which costs less than saying it twice. */
const lockWaitMs = 500;

/**
 * Tells an agent to land, where it is time for that. Hooks of one session run at the same time (parallel tools, subagents): what was
 * told and how far its transcripts are read is one file per session, changed under its lock, so that each threshold is told once.
 */
export async function land(input: LandInput): Promise<Landed> {
  const { event, stateFolder, preferences } = input;
  if (preferences.landing === 'off') return { ...nothing, farSeconds: longestFarSeconds, isVendorKnown: true };
  if (isAnythingKnown(input) && input.transcriptPath !== null) await untilCaughtUp(input.transcriptPath, event);
  const file = landingStateFile(stateFolder, event.agent, event.sessionId);
  await makePrivateFolder(path.dirname(file));
  const lock = await takeFileLock(`${file}.lock`, lockWaitMs);
  if (lock === null) return nothing;
  try {
    const before = (await readLandingState(file)) ?? emptyLandingState(event.agent, event.sessionId);
    const seen = look(before, input);
    const others = await otherSessions(file, seen, input);
    const windows = landingWindows({
      agent: event.agent,
      sessionId: event.sessionId,
      account: seen.account,
      limits: input.limits,
      readings: [...seen.readings, ...input.readings],
      uses: seen.uses,
      isWhole: seen.isWhole,
      otherUses: others.flatMap(({ uses }) => uses),
      learned: learnedRates([seen, ...others]),
      budgets: preferences.budgets,
      reserveOf: reservesOf(input),
      now: input.now,
    });
    const { state, ...landed } = await answerTo(seen, windows, input);
    if (state !== before) await writeLandingState(file, state);
    return landed;
  } finally {
    lock.release();
  }
}

/** Without a limit or a budget nothing that a transcript tells can lead to a word. */
function isAnythingKnown({ limits, readings, preferences }: LandInput): boolean {
  return limits.length > 0 || readings.length > 0 || Object.keys(preferences.budgets).length > 0;
}

/** What the session's transcripts and this event itself tell. */
function look(before: LandingState, input: LandInput): LandingState {
  const { event, transcriptPath, now } = input;
  const source = transcriptSources.find(({ agent }) => agent === event.agent);
  const account = transcriptPath === null || source === undefined ? null : accountOf(transcriptPath, source, input);
  const known = account === before.account ? before : { ...before, account };
  const read =
    transcriptPath === null || source === undefined ? known : withTranscripts(known, transcriptPath, source, now);
  // What else an event tells has to be told by the truce too (hook/truce.ts), under which nobody looks at all.
  if (event.kind !== 'tool' || event.work !== 'edit') return read;
  const touched = event.files.filter((name) => existsSync(name));
  if (touched.every((name) => read.touched.includes(name))) return read;
  return { ...read, touched: [...new Set([...read.touched, ...touched])].slice(-mostTouched) };
}

const mostTouched = 1000;

/** A reserve that cannot be learned is the one that was set: that is no reason to say nothing. */
function reservesOf({ event, stateFolder, preferences, now }: LandInput): WindowsInput['reserveOf'] {
  const { agent, cwd, sessionId } = event;
  const prompted = event.kind === 'prompt' ? sessionId : null;
  const reserve = reserves({ stateFolder, cwd, agent, prompted, preferences, now });
  return (window) => {
    try {
      return reserve(window);
    } catch (error) {
      if (errorCode(error) === null) throw error;
      return preferences.reservePercent;
    }
  };
}

/** Claude Code's own advice and ours would be two voices about one thing: ours is silent about that window, until it resets. */
function isAgentsOwn(window: LandingWindow, { ownWrapUpAt }: LandingState): boolean {
  return (
    ownWrapUpAt !== null && window.window === 'five_hour' && (window.resetsAt ?? 0) - ownWrapUpAt < longestOthersMs
  );
}

async function answerTo(
  state: LandingState,
  all: readonly LandingWindow[],
  input: LandInput,
): Promise<Landed & { readonly state: LandingState }> {
  const { event, now } = input;
  const windows = all.filter((window) => !isAgentsOwn(window, state));
  // Before the first response nobody knows how large one is here, nor, of Codex, what the vendor tells with it.
  const isUnknown = state.uses.length === 0 && input.transcriptPath !== null;
  const isVendorKnown = all.some(({ isVendors }) => isVendors);
  const silent = { answer: null, farSeconds: isUnknown ? 0 : farSeconds(windows), isVendorKnown, said: null, state };
  const inside = windowsInside(windows);
  if (inside.length === 0) return silent;
  const thread = event.subagentId;
  // An agent that was told and ends its turn has landed: it is not kept from that.
  const news =
    event.kind === 'turn' ? windows.filter((window) => rankToldOf(window, state.told, thread, now) === 0) : windows;
  const decision = mayBeTold(event, input)
    ? decideLanding({ windows: news, told: state.told, thread, isPrompt: event.kind === 'prompt', now })
    : null;
  const isRefused = refuses(state, inside, input);
  if (decision === null && !isRefused) return silent;
  const words = await wordsInput(decision, inside, input);
  const answer: HookAnswer = {
    ...(decision === null ? {} : { tellAgent: wordsForAgent(words), tellUser: wordsForUser(words) }),
    ...(isRefused ? { deny: wordsOfRefusal(words) } : {}),
  };
  if (decision === null) return { ...silent, answer };
  const [tightest] = decision.windows;
  return {
    answer,
    farSeconds: 0,
    isVendorKnown,
    said: {
      level: decision.level,
      window: tightest?.window ?? '',
      usedPercent: Math.floor((tightest?.used ?? 0) * 100),
      reason: decision.windows.every(isAboutToLeap) ? 'next-response' : 'reserve',
      nextPercent: Math.round((tightest?.next ?? 0) * 100),
    },
    state: { ...state, told: [...withTold(state.told, decision.told, now)] },
  };
}

/**
 * At its own "continue" after a reset the agent needs no word from us. A turn's end is the last chance where no tool was called since:
 * only if the turn changed something, and never twice in a row, or it would not end.
 */
function mayBeTold(event: LandingEvent, { hasWorked, isHeard }: LandInput): boolean {
  if (!isHeard) return false;
  if (event.kind === 'prompt') return !event.isAutoContinuation;
  if (event.kind === 'turn') return !event.isContinued && hasWorked;
  return true;
}

function refuses(
  state: LandingState,
  inside: readonly LandingWindow[],
  { event, preferences, now }: LandInput,
): boolean {
  if (preferences.landing !== 'strict' || event.kind !== 'tool') return false;
  const thread = event.subagentId;
  const isBegun =
    beganInside(state.told, thread) && inside.every((window) => rankToldOf(window, state.told, thread, now) < 2);
  if (isBegun && !inside.some(isPastHalf)) return false;
  return isNewWork({
    call: event,
    existing: new Set(event.files.filter((name) => existsSync(name))),
    touched: new Set(state.touched),
    ownFolder: ownFolder(event.cwd),
  });
}

async function wordsInput(
  decision: LandingDecision | null,
  inside: readonly LandingWindow[],
  { event, saved, verifyCommand, now, timeZone }: LandInput,
): Promise<LandingWordsInput> {
  const file = handOverFile(event.cwd);
  const relative = path.relative(event.cwd, file);
  // Ours to make, so that it ignores itself whoever writes into it. Where that fails, the agent's own attempt will tell it.
  if (decision !== null) {
    await saved;
    await prepareOwnFolder(event.cwd).catch(() => undefined);
  }
  return {
    agent: event.agent,
    level: decision?.level ?? (inside.some(isPastHalf) ? 'escalate' : 'advise'),
    windows: inside,
    isSubagent: event.subagentId !== null,
    isTurnEnd: event.kind === 'turn',
    verifyCommand: decision === null ? null : await verifyCommand(),
    handOver: relative.startsWith('..') ? file : relative,
    now,
    timeZone: timeZone(),
  };
}
