import { said } from '../../protocol/sentence.ts';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import { fail, succeed, type Result } from '../../protocol/result.ts';
import type { Outcome } from '../attempt.ts';
import type { Checkpoints } from '../checkpoints.ts';
import type { CheckpointFailure } from '../failure.ts';
import type { Repository } from '../git/repository.ts';
import { findCheckpoint, listCheckpoints } from '../record/checkpointList.ts';
import { summarize, type CheckpointPurpose, type StoredCheckpoint } from '../record/checkpointRecord.ts';
import { rewriteTag } from '../record/checkpointRefs.ts';
import { changesSince } from '../sets/memberInspect.ts';
import type { SetTools } from '../sets/members.ts';
import { runShellCommand, type CommandEnd } from './shellCommand.ts';
import { filesOf, presentFiles } from './treeState.ts';
import { noteVerdict } from './treeVerdict.ts';
import type { Locked } from './verifying.ts';

/** Long enough for a large suite, short enough that one which hangs is told of. */
const defaultDeadlineMs = 10 * 60_000;

export interface VerifyRequest {
  readonly command: string;
  /** the checkpoint that is meant, if its files are the present ones; without it the present state's own, made if there is none */
  readonly id?: string;
  /** of the checkpoint that is made if there is none */
  readonly purpose?: CheckpointPurpose;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface Verification {
  /** of the state that was verified, with its mark if it has one now */
  readonly checkpoint: CheckpointSummary;
  readonly command: string;
  /** null: the files were changed while it ran, so its result says nothing about any state */
  readonly verified: 'green' | 'red' | null;
  /** what was changed meanwhile, some of it; empty where nothing was */
  readonly changed: readonly string[];
  /** whether it passed, changed or not */
  readonly passed: boolean;
  readonly end: CommandEnd['end'];
  readonly exitCode: number | null;
  readonly ms: number;
  readonly output: string;
}

/** As many as a person reads. */
const mostPaths = 20;

/** Runs a verify command on the present files, and marks their checkpoint green or red if they are still the same afterwards. */
export async function verify(
  facade: Checkpoints,
  tools: SetTools,
  locked: Locked,
  request: VerifyRequest & { /** absolute */ readonly cwd: string },
): Outcome<Verification> {
  const before = await stateBefore(facade, tools, locked, request);
  if (!before.ok) return before;
  const { command, cwd, deadlineMs = defaultDeadlineMs, signal = tools.signal, onOutput } = request;
  const ran = await runShellCommand({ command, cwd, deadlineMs, signal, onOutput });
  if (ran.end === 'aborted') return fail({ reason: 'aborted', ...said('Cancelled. Nothing was marked.') });
  if (ran.end === 'not-started') {
    return fail({ reason: 'failed', ...said('The verify command could not be started in {0}: {1}', cwd, ran.output) });
  }
  const { repository } = facade;
  return locked(async () => {
    const { target, files } = before.value;
    const changed = await changedSince(repository, target, files, tools);
    const passed = ran.end === 'exited' && ran.exitCode === 0;
    const marked = changed === null ? await mark(repository, target.record.id, command, passed, ran, tools) : target;
    if (changed === null) await noteVerdict(repository, passed ? 'green' : 'red', tools.stateFolder);
    return {
      checkpoint: summarize(marked),
      command,
      verified: changed === null ? (passed ? 'green' : 'red') : null,
      changed: changed ?? [],
      passed,
      end: ran.end,
      exitCode: ran.exitCode,
      ms: ran.ms,
      output: ran.output,
    };
  });
}

interface StateBefore {
  readonly target: StoredCheckpoint;
  readonly files: string;
}

/** Somebody may be typing: then the checkpoint that was just made is not of the present files any more. */
const attempts = 3;

async function stateBefore(
  facade: Checkpoints,
  tools: SetTools,
  locked: Locked,
  { id, purpose, command }: VerifyRequest,
): Promise<Result<StateBefore, CheckpointFailure>> {
  for (let attempt = 1; ; attempt++) {
    let wanted = id;
    if (wanted === undefined) {
      const made = await facade.create(purpose ?? { kind: 'verify', label: `Verify: ${command}` });
      if (!made.ok) return made;
      wanted = made.value.id;
    }
    const state = await locked(() => compared(facade.repository, wanted, tools));
    if (!state.ok) return state;
    const { target, files, isPresent } = state.value;
    if (isPresent) return succeed({ target, files });
    if (id !== undefined) {
      const words = said(
        'The files have changed since checkpoint {0}, and the command can only be run on what is there now. Reset to it first; nothing was run.',
        target.record.id,
      );
      return fail({ reason: 'not-present', ...words });
    }
    if (attempt === attempts) {
      return fail({
        reason: 'changed-meanwhile',
        ...said('The files are being changed all the time. Nothing was run.'),
      });
    }
  }
}

async function compared(
  repository: Repository,
  id: string,
  tools: SetTools,
): Promise<StateBefore & { readonly isPresent: boolean }> {
  const target = await findCheckpoint(repository, id);
  const files = await presentFiles(repository, tools);
  return { target, files, isPresent: files === (await filesOf(repository, target, tools)) };
}

/** Paths that are not as they were, or null where all is. */
async function changedSince(
  repository: Repository,
  target: StoredCheckpoint,
  files: string,
  tools: SetTools,
): Promise<readonly string[] | null> {
  // An agent that edits meanwhile has checkpoints made: what was there for a while counts too.
  const between = (await listCheckpoints(repository)).find(
    ({ record, tree }) => record.id > target.record.id && tree !== target.tree,
  );
  const isSame = files === (await presentFiles(repository, tools));
  if (isSame && between === undefined) return null;
  const until = isSame ? (between ?? null) : null;
  const { changes } = await changesSince(repository, target, until, [], tools);
  return changes.slice(0, mostPaths).map(({ path }) => path);
}

const longestCommand = 500;

async function mark(
  repository: Repository,
  id: string,
  command: string,
  ok: boolean,
  { ms, exitCode }: CommandEnd,
  tools: SetTools,
): Promise<StoredCheckpoint> {
  // Read again: it may have been pinned or renamed while the command ran.
  const checkpoint = await findCheckpoint(repository, id);
  const verified = { at: tools.now(), ok, command: command.slice(0, longestCommand), ms, exitCode };
  return rewriteTag(repository, { ...checkpoint, record: { ...checkpoint.record, verified } });
}

/** The newest checkpoint that passed; null: none did. */
export async function lastGreen(repository: Repository): Promise<StoredCheckpoint | null> {
  return (await listCheckpoints(repository)).find(({ record }) => record.verified?.ok === true) ?? null;
}
