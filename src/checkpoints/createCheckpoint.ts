import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { captureState } from './captureState.ts';
import { summarize, type CheckpointPurpose, type StoredCheckpoint } from './checkpointRecord.ts';
import {
  checkpointIdAfter,
  listCheckpoints,
  nextCheckpointId,
  relabelCheckpoint,
  writeCheckpoint,
  type CheckpointTools,
} from './checkpointRefs.ts';
import { CheckpointError } from './failure.ts';
import { fingerprint, idOfFingerprint, rememberState } from './lastState.ts';
import type { Repository } from './repository.ts';
import { surveyRepository } from './survey.ts';
import type { WorkingState } from './workingState.ts';

/** `unchanged`: the state equals the newest checkpoint's, which is what is returned; no new ref was made. */
export interface CreatedCheckpoint extends CheckpointSummary {
  readonly unchanged: boolean;
}

/** Saves the working state unless it equals the newest checkpoint's. The caller holds the repository's lock. */
export async function createCheckpoint(
  repository: Repository,
  purpose: CheckpointPurpose,
  tools: CheckpointTools,
): Promise<CreatedCheckpoint> {
  const [survey, [newest]] = await Promise.all([
    surveyRepository(repository),
    listCheckpoints(repository, { limit: 1 }),
  ]);
  const current = fingerprint(repository, survey, tools.now());
  if (newest) {
    const known = await idOfFingerprint(repository, current);
    if (known === newest.record.id) return await unchanged(repository, newest, purpose, current);
  }
  const state = await captureState(repository, survey, tools);
  // Of the look that was really saved: another git may have staged something since the first one.
  const saved = state.survey === survey ? current : fingerprint(repository, state.survey, tools.now());
  if (newest && isSameState(state, newest)) {
    await rememberState(repository, newest.record.id, saved);
    return await unchanged(repository, newest, purpose, saved);
  }
  const id = newest ? checkpointIdAfter(newest.record.id, tools) : await nextCheckpointId(repository, tools);
  const created = await write(repository, state, purpose, tools, id);
  await rememberState(repository, created.record.id, saved);
  return { ...summarize(created), unchanged: false };
}

/**
 * The state a prompt finds is mostly the one that the session's start, or the turn before, has just saved. It is then the
 * state from before that prompt, and is looked for under the prompt's words.
 */
async function unchanged(
  repository: Repository,
  newest: StoredCheckpoint,
  purpose: CheckpointPurpose,
  current: string | null,
): Promise<CreatedCheckpoint> {
  const { kind } = newest.record;
  const isBeforePrompt = purpose.kind === 'prompt' && (kind === 'session' || kind === 'turn' || kind === 'ambient');
  const checkpoint = isBeforePrompt ? await relabelCheckpoint(repository, newest, purpose) : newest;
  // Also tells the editors that the list reads differently now.
  if (isBeforePrompt) await rememberState(repository, newest.record.id, current);
  return { ...summarize(checkpoint), unchanged: true };
}

/** Once more if a prune took objects away while they were being written. */
async function write(
  repository: Repository,
  state: WorkingState,
  purpose: CheckpointPurpose,
  tools: CheckpointTools,
  id: string,
): Promise<StoredCheckpoint> {
  try {
    return await writeCheckpoint(repository, state, purpose, tools, id);
  } catch (error) {
    if (!(error instanceof CheckpointError) || error.reason !== 'damaged') throw error;
    const again = await captureState(repository, await surveyRepository(repository), tools);
    return await writeCheckpoint(repository, again, purpose, tools, id);
  }
}

function isSameState(state: WorkingState, { record, tree }: StoredCheckpoint): boolean {
  return (
    tree === state.worktree &&
    record.staged === state.staged &&
    record.head === state.head &&
    record.branch === state.branch &&
    JSON.stringify([record.unmerged, record.intentToAdd]) === JSON.stringify([state.unmerged, state.intentToAdd])
  );
}
