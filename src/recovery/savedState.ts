import path from 'node:path';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { lastGreen, type Report } from './report.ts';

/** What git and the checkpoints say of a state that was cut off. */
export interface SavedState {
  readonly top: string | null;
  readonly checkpoint: string | null;
  readonly problem: string | null;
  readonly green: boolean | null;
  readonly lastGreen: Report['lastGreen'];
  readonly base: Report['base'];
  readonly changes: Report['changes'];
  readonly patch: Buffer;
}

/** Of whom, and of when, it is. */
export interface CutOff {
  readonly agent: string;
  readonly sessionId: string;
  readonly label: string;
  readonly at: number;
  /** when the task began, its first prompt */
  readonly taskAt: number;
}

/** A prompt's checkpoint is made by a hook that runs a little before or after the prompt is noted in the transcript. */
const nearMs = 3000;

/** Whole files of a patch are of no use to anybody beyond this. */
const mostPatchBytes = 5_000_000;

/** No state: why it could not be saved. */
export function nothingSaved(problem: string): SavedState {
  return {
    top: null,
    checkpoint: null,
    problem,
    green: null,
    lastGreen: null,
    base: null,
    changes: [],
    patch: Buffer.alloc(0),
  };
}

/** Saves the cut-off state before anybody touches it, once, and says how it differs from the one before the task. */
export async function saveState(checkpoints: Checkpoints, cut: CutOff): Promise<SavedState> {
  const { top } = checkpoints.repository;
  const before = await checkpoints.list();
  const made = before.ok ? before.value.find((each) => isOf(each, cut)) : undefined;
  const saved = made
    ? { id: made.id, problem: null }
    : await checkpoints
        .create({ kind: 'interrupted', label: `Cut off: ${cut.label}`, agent: cut.agent, session: cut.sessionId })
        .then((created) =>
          created.ok ? { id: created.value.id, problem: null } : { id: null, problem: created.failure.message },
        );
  const list = await checkpoints.list();
  const all = list.ok ? list.value : [];
  const own = all.find(({ id }) => id === saved.id);
  const green = lastGreen(
    all.filter(({ id }) => id !== saved.id),
    cut.at,
  );
  // Where nothing had changed, the state is an earlier checkpoint's, and may be the one before the task too.
  const earlier = all.filter(({ id, kind }) => id !== saved.id || kind !== 'interrupted');
  const start = green ? null : beforeTask(earlier, cut);
  const base = green
    ? { ...green, isGreen: true }
    : start
      ? { id: start.id, label: start.label, isGreen: false }
      : null;
  const common = { top, checkpoint: saved.id, problem: saved.problem, green: verdict(own), lastGreen: green, base };
  return { ...common, ...(await difference(checkpoints, base?.id ?? null, own ?? null)) };
}

function verdict(own: CheckpointSummary | undefined): boolean | null {
  return own?.verified ? own.verified === 'green' : null;
}

/** A recorder that was killed has left its checkpoint. */
function isOf({ kind, agent, session, createdAt }: CheckpointSummary, cut: CutOff): boolean {
  return (
    kind === 'interrupted' &&
    agent === cut.agent &&
    session === cut.sessionId &&
    Date.parse(createdAt) >= cut.at - nearMs
  );
}

/**
 * The state before the task's first prompt: the checkpoint that this prompt's hook made, else the newest from before it. Where nothing had
 * changed since, or no hook was there at the time, the oldest of the session: its first edit came after that.
 */
function beforeTask(newestFirst: readonly CheckpointSummary[], cut: CutOff): CheckpointSummary | null {
  const own = newestFirst.filter(({ session, kind }) => session === cut.sessionId && kind !== 'interrupted');
  const time = ({ createdAt }: CheckpointSummary) => Date.parse(createdAt);
  const ofPrompt = own.find((each) => each.kind === 'prompt' && Math.abs(time(each) - cut.taskAt) <= nearMs);
  return ofPrompt ?? newestFirst.find((each) => time(each) <= cut.taskAt) ?? own.at(-1) ?? null;
}

async function difference(
  checkpoints: Checkpoints,
  base: string | null,
  own: CheckpointSummary | null,
): Promise<Pick<SavedState, 'changes' | 'patch'>> {
  const none = { changes: [], patch: Buffer.alloc(0) };
  if (base === null) return own === null ? none : sinceCommit(checkpoints, own);
  if (base === own?.id) return none;
  const changes = await checkpoints.view.changes(base, { whole: true }, own?.id);
  const patch = await checkpoints.view.patch(base, { whole: true, color: false });
  return {
    changes: changes.ok ? changes.value.changes.map(plain) : [],
    patch: patch.ok ? notTooMuch(patch.value.patch) : none.patch,
  };
}

/** Where no earlier checkpoint is there to compare with. */
async function sinceCommit(
  checkpoints: Checkpoints,
  own: CheckpointSummary,
): Promise<Pick<SavedState, 'changes' | 'patch'>> {
  const shown = await checkpoints.view.show(own.id);
  const changes = shown.ok ? shown.value.changes.map(plain) : [];
  if (own.head === null || changes.length === 0) return { changes, patch: Buffer.alloc(0) };
  const options = ['-p', '-r', '-M', '--no-ext-diff', '--no-textconv', '--no-color'];
  return {
    changes,
    patch: notTooMuch(await checkpoints.repository.git.run(['diff-tree', ...options, own.head, own.tree])),
  };
}

function notTooMuch(patch: Buffer): Buffer {
  return patch.length <= mostPatchBytes ? patch : Buffer.alloc(0);
}

function plain({ path: file, status, added, deleted }: Report['changes'][number]): Report['changes'][number] {
  return { path: file, status, added, deleted };
}

/** The path of a file as an agent names it. */
export function pathIn(cwd: string, named: string): string {
  return path.resolve(cwd, named);
}
