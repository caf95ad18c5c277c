import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { CheckpointFailure } from '../checkpoints/failure.ts';
import { nextChunk } from '../plan/plan.ts';
import { planFileIn, readPlanFile } from '../plan/planFile.ts';
import { currentPlan } from '../plan/planText.ts';
import type { Result } from '../protocol/result.ts';
import { appendEvent } from '../store/eventLog.ts';
import { findInterruption, type Evidence, type FoundInterruption } from './findInterruption.ts';
import { handOverText } from './handOver.ts';
import {
  interruptionId,
  pruneInterruptions,
  readInterruption,
  recordOnce,
  type ReportFiles,
} from './interruptionStore.ts';
import { readWork, type SessionRef, type SessionWork } from './readWork.ts';
import { titleOf, type Report, type StoredInterruption } from './report.ts';
import { reportText } from './reportText.ts';
import { salvage } from './salvage.ts';
import { nothingSaved, pathIn, saveState } from './savedState.ts';
import { lastWords, promptsOf, todosOf, turnsOfTask } from './task.ts';
import { isActivity, startOf, turnsOf } from './turn.ts';

/** Opens the checkpoints of a folder: the program's own way of doing so. */
export type OpenCheckpoints = (folder: string) => Promise<Result<Checkpoints, CheckpointFailure>>;

export interface RecordRequest {
  readonly ref: SessionRef;
  /** the session's working directory, for transcripts that do not tell it */
  readonly cwd: string | null;
  readonly stateFolder: string;
  readonly open: OpenCheckpoints;
}

/** What is known beside the transcript, of a session that works in this folder. */
export type EvidenceSource = (cwd: string | null) => Evidence | Promise<Evidence>;

/** How a session stands: cut off and recorded already, cut off and new, or neither. */
export interface Looked {
  readonly found: FoundInterruption | null;
  readonly id: string | null;
  readonly cwd: string | null;
  /** the last turn: when it began, whether the agent did anything in it, and whether it ended; null: there is none */
  readonly turn: { readonly at: number; readonly isAlive: boolean; readonly isEnded: boolean } | null;
}

/** A file that an agent names is read to see whether a call took effect; what is larger is not worth it. */
const mostFileBytes = 5_000_000;

/** Looks whether a session was cut off; reads no more of it than that takes. Throws what reading throws. */
export async function lookAt(ref: SessionRef, evidence: EvidenceSource): Promise<Looked> {
  const work = await readWork(ref, 'look');
  if (work === null || work.place.isSubagent === true) return { found: null, id: null, cwd: null, turn: null };
  const found = findInterruption(work.items, work.subagents, await evidence(work.place.cwd));
  const last = turnsOf(work.items).at(-1);
  const turn = last
    ? { at: startOf(last), isAlive: last.items.some(isActivity), isEnded: last.state === 'ended' }
    : null;
  return { found, id: found && idOf(ref, found), cwd: work.place.cwd, turn };
}

/** A turn is cut off once; its conversation can be compacted many times before that. */
function idOf({ agent, sessionId }: SessionRef, { reason, at, turnAt }: FoundInterruption): string {
  return interruptionId(agent, sessionId, reason === 'compacted' ? at : turnAt);
}

/**
 * Records that a session was cut off, if it was and nobody has recorded it: saves the state, writes the report. null otherwise.
 */
export async function recordInterruption(
  request: RecordRequest,
  evidence: EvidenceSource,
  now: number,
): Promise<StoredInterruption | null> {
  const { ref, stateFolder } = request;
  const looked = await lookAt(ref, evidence);
  if (looked.found === null || looked.id === null) return null;
  if ((await readInterruption(stateFolder, looked.id)) !== null) return null;
  const work = await readWork(ref, 'report');
  const { found, id } = looked;
  const cwd = work?.place.cwd ?? request.cwd;
  if (work === null || cwd === null) return null;
  const stored = await recordOnce(stateFolder, id, () => makeReport({ ...request, cwd }, { id, found, work, now }));
  if (stored === null) return null;
  await appendEvent(stateFolder, now, 'interruption.recorded', {
    id,
    agent: ref.agent,
    session: ref.sessionId,
    reason: found.reason,
    checkpoint: stored.report.checkpoint,
    ...(stored.report.problem === null ? {} : { problem: stored.report.problem }),
  });
  await pruneInterruptions(stateFolder, now);
  return stored;
}

interface Cut {
  readonly id: string;
  readonly found: FoundInterruption;
  readonly work: SessionWork;
  readonly now: number;
}

async function makeReport(
  { ref, cwd, stateFolder, open }: RecordRequest & { readonly cwd: string },
  { id, found, work, now }: Cut,
): Promise<{ readonly report: Report; readonly files: ReportFiles }> {
  const turns = turnsOfTask(work.items);
  const prompts = promptsOf(turns);
  const taskAt = turns[0]?.prompt?.at ?? found.turnAt;
  const { agent, sessionId } = ref;
  // First of all: nothing that follows may cost the state that was cut off.
  const opened = await open(cwd);
  const label = titleOf({ prompts: [...prompts] }) || 'work of a session';
  const saved = opened.ok
    ? await saveState(opened.value, { agent, sessionId, label, at: found.at, taskAt })
    : nothingSaved(opened.failure.message);

  const halted = work.subagents.map(turnsOfTask).filter((each) => each.at(-1)?.state !== 'ended');
  const unanswered = [turns, ...halted].flatMap((each) => each.at(-1)?.unanswered ?? []);
  const salvaged = salvage(unanswered, (named) => contentOf(pathIn(cwd, named)));
  const report: Report = {
    v: 1,
    id,
    agent,
    sessionId,
    transcript: ref.transcript,
    cwd,
    top: saved.top,
    at: found.at,
    turnAt: found.turnAt,
    recordedAt: now,
    reason: found.reason,
    message: found.message,
    resetsAt: found.resetsAt,
    continuesItself: found.continuesItself,
    isInSubagent: found.isInSubagent,
    prompts: [...prompts],
    todos: [...todosOf(work.items)],
    chunk: await openChunk(cwd, stateFolder),
    unanswered: salvaged.map(({ call, files, isInTree }) => ({
      tool: call.tool,
      summary: call.summary.replaceAll(`${cwd}${path.sep}`, ''),
      isInTree,
      salvaged: files.map(({ name }) => name),
    })),
    lastWords: lastWords(turns),
    subagents: halted.map((each) => ({ task: titleOf({ prompts: [...promptsOf(each)] }), lastWords: lastWords(each) })),
    base: saved.base,
    lastGreen: saved.lastGreen,
    checkpoint: saved.checkpoint,
    problem: saved.problem,
    changes: saved.changes,
    green: saved.green,
  };
  const pieces = salvaged.flatMap(({ files }) =>
    files.map(({ name, content }) => [`salvaged/${name}`, content] as const),
  );
  const files: ReportFiles = {
    'REPORT.md': `${reportText(report, saved.patch.toString('utf8')).trimEnd()}\n`,
    'HANDOVER.md': `${handOverText(report).trimEnd()}\n`,
    ...(saved.patch.length === 0 ? {} : { 'changes.patch': saved.patch }),
    ...Object.fromEntries(pieces),
  };
  return { report, files };
}

function contentOf(file: string): string | null {
  try {
    const info = statSync(file);
    return info.isFile() && info.size <= mostFileBytes ? readFileSync(file, 'utf8') : null;
  } catch {
    return null;
  }
}

async function openChunk(cwd: string, stateFolder: string): Promise<Report['chunk']> {
  const file = await planFileIn(cwd, stateFolder);
  const text = await readPlanFile(file);
  const plan = text.ok ? currentPlan(text.value)?.plan : undefined;
  const chunk = plan && nextChunk(plan);
  if (!plan || !chunk) return null;
  return { number: chunk.number, of: plan.chunks.length, title: chunk.title, file: path.relative(cwd, file) };
}
