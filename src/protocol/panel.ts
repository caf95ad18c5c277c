import * as v from 'valibot';
import type { AgentSessionView } from './agentSession.ts';
import type { CheckpointSummary } from './checkpoint.ts';
import type { PlanView } from './chunkView.ts';
import type { DayUse } from './dayUse.ts';
import type { GaugeState } from './gauge.ts';
import type { InterruptionView } from './interruption.ts';

/** Why a folder has no checkpoints to show; each has its own words and its own one action in the panel. */
export type FolderProblem = 'untrusted' | 'no-git' | 'git-too-old' | 'not-a-repository' | 'failed';

/** One workspace folder's repository. `root` identifies it in messages; `undoable` is the label of the checkpoint the last reset went to. */
export interface FolderView {
  readonly root: string;
  readonly name: string;
  readonly problem: FolderProblem | null;
  /** a sentence for `failed`, else empty */
  readonly detail: string;
  readonly branch: string | null;
  readonly checkpoints: readonly CheckpointSummary[];
  readonly undoable: string | null;
  /** what the checkpoints take on disk, and the retention policy in words; missing until it is known */
  readonly disk?: { readonly bytes: number; readonly policy: string };
  /** whether the agent's hooks are installed for this folder, so that checkpoints appear by themselves */
  readonly hooksInstalled: boolean;
  /** set while a checkpoint or reset of this folder runs */
  readonly busy: 'checkpoint' | 'reset' | 'verify' | null;
  /** missing: there is no plan */
  readonly plan?: PlanView;
  /** an agent that was cut off here and is not dealt with yet */
  readonly interruption?: InterruptionView;
  /** the verify command of this folder; null: none is set */
  readonly verifyCommand?: string | null;
  /** agents whose hooks are installed, but which run them only after the user has trusted them there */
  readonly untrustedHooks?: readonly string[];
}

/** What is shown, by status bar and panel alike. Always a complete picture; `revision` only rises, so an older one arriving late is dropped. */
export interface PanelSnapshot {
  readonly type: 'snapshot';
  readonly revision: number;
  /** false until the first look at the folders has ended: the panel then shows nothing rather than a false "nothing yet" */
  readonly loaded: boolean;
  readonly now: number;
  readonly gauge: GaugeState;
  readonly folders: readonly FolderView[];
  /** sessions of agents that run now; missing until they are known */
  readonly sessions?: readonly AgentSessionView[];
  /** missing until usage was read once */
  readonly day?: DayUse;
  /** ids of the agents that this machine has traces of; missing until it was looked at */
  readonly agents?: readonly string[];
  /** why the newest checkpoint of an agent at work in these folders could not be made; missing: nothing is wrong */
  readonly unprotected?: string;
}

/** What a row's keys do; its context menu names the same commands. */
export const rowActions = [
  'pin',
  'unpin',
  'rename',
  'delete',
  'copyId',
  'changesSince',
  'changesIn',
  'openFile',
  'resetFiles',
] as const;
export type RowActionName = (typeof rowActions)[number];

const id = v.pipe(v.string(), v.maxLength(200));

/** Panel → host. Everything here can be forged by a compromised frame, hence strict. */
export const panelMessageSchema = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('pages'), keys: v.pipe(v.array(v.number()), v.maxLength(64)) }),
  v.strictObject({
    type: v.literal('sizes'),
    root: v.string(),
    pairs: v.pipe(v.array(v.strictTuple([id, id])), v.maxLength(64)),
  }),
  v.strictObject({ type: v.literal('row'), action: v.picklist(rowActions), root: v.string(), id }),
  v.strictObject({ type: v.literal('createCheckpoint'), root: v.string() }),
  v.strictObject({ type: v.literal('reset'), root: v.string(), id: v.string() }),
  v.strictObject({ type: v.literal('undo'), root: v.string() }),
  v.strictObject({ type: v.literal('prune'), root: v.string() }),
  v.strictObject({ type: v.literal('installHooks'), root: v.string() }),
  v.strictObject({ type: v.literal('verify'), root: v.string(), id: v.nullable(v.string()) }),
  v.strictObject({ type: v.literal('resetToLastGreen'), root: v.string() }),
  v.strictObject({ type: v.literal('estimate'), root: v.string() }),
  v.strictObject({ type: v.literal('startNextChunk'), root: v.string() }),
  v.strictObject({ type: v.literal('openPlan'), root: v.string() }),
  v.strictObject({ type: v.literal('goOn'), root: v.string() }),
  v.strictObject({ type: v.literal('handOver'), root: v.string() }),
  v.strictObject({ type: v.literal('openReport'), root: v.string() }),
  v.strictObject({ type: v.literal('dismissInterruption'), root: v.string() }),
  v.strictObject({ type: v.literal('manageTrust') }),
  v.strictObject({ type: v.literal('initRepository'), root: v.string() }),
  v.strictObject({ type: v.literal('openFolder') }),
  v.strictObject({ type: v.literal('showLog') }),
]);
export type PanelMessage = v.InferOutput<typeof panelMessageSchema>;
