import * as vscode from 'vscode';
import { promptFeatures } from '../../agents/promptFeatures.ts';
import { chunkFromState } from '../../budget/chunkFromState.ts';
import { chunkRoom } from '../../budget/chunkRoom.ts';
import { translatedGauge } from '../../budget/gaugeNames.ts';
import type { Verification } from '../../checkpoints/verify/verify.ts';
import { lastLines } from '../../checkpoints/verify/outputTail.ts';
import type { ChunkEstimate } from '../../plan/chunkEstimator.ts';
import { tokensBySession, tokensSinceRun } from '../../plan/chunkCost.ts';
import type { ChunkHands } from '../../plan/chunkFlow.ts';
import type { Chunk } from '../../plan/plan.ts';
import { workspaceOf } from '../../plan/planFile.ts';
import type { Budgets } from '../../protocol/budgets.ts';
import type { GaugeState } from '../../protocol/gauge.ts';
import { succeed } from '../../protocol/result.ts';
import type { SessionUsage } from '../../protocol/usage.ts';
import { editorLanguage } from '../language.ts';
import { isInside } from '../../store/isInside.ts';
import type { FolderPlan } from './folderPlan.ts';
import { reason, type VerifyActions } from './verifyActions.ts';
import type { VerifyCommands } from './verifyCommand.ts';

const { t } = vscode.l10n;

/** How much is left, and what was used: from the one picture that status bar and panel draw. */
export interface Meter {
  /** looks at everything now: the picture may be seconds old, and a decision is to be made */
  look(): Promise<void>;
  gauge(): GaugeState;
  budgets(): Budgets;
  sessions(): readonly SessionUsage[];
}

export interface HandsOptions {
  readonly plan: FolderPlan;
  readonly stateFolder: string;
  readonly meter: Meter;
  readonly commands: VerifyCommands;
  readonly verifyActions: VerifyActions;
}

/** What the flow of a chunk does, done in the editor. */
export function chunkHands({ plan, stateFolder, meter, commands, verifyActions }: HandsOptions): ChunkHands {
  const { folder } = plan;
  const sessions = (): readonly SessionUsage[] => {
    const workspace = workspaceOf(plan.file);
    return meter.sessions().filter(({ cwd }) => cwd !== null && isInside(cwd, workspace));
  };
  return {
    planFile: plan.file,
    planName: plan.name,
    stateFolder,
    now: Date.now,
    estimate: async ({ chunk, prompt }) => {
      await meter.look();
      const { budgetTokens: chunkTokens } = chunk;
      const room = chunkRoom(
        translatedGauge(meter.gauge(), editorLanguage.t),
        meter.budgets(),
        chunkTokens,
        Date.now(),
        editorLanguage,
      );
      const features = promptFeatures(prompt);
      const question = { room, features, cwd: folder.root, chunkTokens };
      return chunkFromState(question, stateFolder, Date.now(), editorLanguage);
    },
    agreesToBegin: askToBegin,
    save: async ({ number, title }) => {
      const label = t('Before chunk {0}: {1}', number, title);
      const made = await folder.run('checkpoint', (checkpoints) => checkpoints.create({ kind: 'manual', label }));
      return made.ok ? succeed(made.value.id) : made;
    },
    command: async () => succeed((await commands.get(folder))?.command ?? null),
    agreesToRun: (command) => commands.agree(folder, command),
    verify: async (command) => {
      const set = await commands.get(folder);
      const own = { command, folder: folder.scope };
      const done = await verifyActions.run(folder, set?.command === command ? set : own, { isShown: false });
      return done.ok ? succeed(forPlan(done.value)) : done;
    },
    tokensBefore: async () => {
      await meter.look();
      return tokensBySession(sessions());
    },
    tokensSince: async (run) => {
      await meter.look();
      return tokensSinceRun(sessions(), run);
    },
  };
}

const failureLines = 20;

function forPlan(done: Verification) {
  const failure = `${reason(done)}\n${lastLines(done.output, failureLines)}`;
  return { checkpoint: done.checkpoint.id, verified: done.verified, failure };
}

async function askToBegin({ number, title }: Chunk, { decision, sentence: why }: ChunkEstimate): Promise<boolean> {
  const begin = t('Begin Anyway');
  const question =
    decision === 'split'
      ? t('Chunk {0} does not fit into what is left: {1}', number, title)
      : t('Chunk {0} may not fit into what is left: {1}', number, title);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail: why }, begin)) === begin;
}
