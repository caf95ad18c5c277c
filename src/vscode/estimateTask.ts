/*
 * "Estimate Task…". A bundle of its own (`estimateTask.cjs`), loaded when it is first asked for, so that activation does not pay for it.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { namedFiles, promptFeatures } from '../agents/promptFeatures.ts';
import type { Surroundings } from '../agents/agent.ts';
import type { Decision } from '../budget/decision.ts';
import type { Range } from '../budget/estimate/thumb.ts';
import { estimateFromState, type TaskAnswer, usualModel } from '../budget/taskEstimate.ts';
import { basisText, verdictText } from '../budget/verdictText.ts';
import { planFileBy } from '../plan/planFile.ts';
import { planRequest } from '../plan/planRequest.ts';
import type { GaugeState } from '../protocol/gauge.ts';
import type { SessionUsage } from '../protocol/usage.ts';
import { isInside } from '../store/isInside.ts';
import { readLimits } from '../store/limitsFile.ts';
import { readPreferences } from '../store/preferences.ts';
import { realPath } from '../store/realPath.ts';
import { stateFolder } from '../store/stateFolder.ts';
import { newestTranscripts } from '../usage/tokens/newestTranscripts.ts';
import { WorkerTokenCounter } from '../usage/tokens/tokenCounter.ts';
import { editorLanguage } from './language.ts';
import type { Log } from './log.ts';
import type { Meter } from './plan/chunkHands.ts';
import { planFileSetting } from './settings.ts';

const { t } = vscode.l10n;

const mostFiles = 50;

export interface EstimateContext {
  readonly surroundings: Surroundings;
  readonly extensionPath: string;
  readonly meter: Pick<Meter, 'look' | 'gauge'>;
  readonly log: Log;
}

/** What other extensions, and keybindings with arguments, get from the command. */
export interface EstimatedTask {
  readonly decision: Decision;
  /** new tokens */
  readonly tokens: Range;
  readonly comparableTasks: number;
}

/**
 * Asks for the task, unless it is given, and says what it will likely take and whether there is room. Answers as soon as that is said;
 * undefined: there is no folder, or nothing was typed.
 */
export async function estimateTask(
  root: string | undefined,
  given: string | undefined,
  context: EstimateContext,
): Promise<EstimatedTask | undefined> {
  const folder = root ?? workFolder();
  if (folder === undefined) {
    void vscode.window.showInformationMessage(t('Open a folder first: an estimate rests on the tasks done in it.'));
    return undefined;
  }
  const task = given ?? (await askForTask());
  if (task === undefined || task.trim() === '') return undefined;
  const answer = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Estimating…') },
    () => answerFor(task, folder, context),
  );
  const { estimate, verdict } = answer;
  const { tokens, comparableTasks } = estimate;
  const { decision } = verdict;
  context.log.info(`[estimate] decision=${decision} likely=${Math.round(tokens.likely)} comparable=${comparableTasks}`);
  void show(answer, task, folder);
  return { decision, tokens, comparableTasks };
}

function askForTask(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: t('Estimate Task'),
    prompt: t('What shall the agent do? Files that are on screen count as files of the task.'),
    placeHolder: t('Refactor the parser in src/parse.ts'),
    ignoreFocusOut: true,
  });
}

interface EditorAnswer extends TaskAnswer {
  /** some file was told by its size, or by samples */
  readonly isApproximate: boolean;
}

async function answerFor(
  task: string,
  folder: string,
  { surroundings, extensionPath, meter }: EstimateContext,
): Promise<EditorAnswer> {
  // Has the limits published as they are now.
  const looking = meter.look();
  const state = stateFolder(surroundings);
  const named = namedFiles(task).map((file) => path.resolve(folder, file));
  const files = [...new Set([...named, ...shownFiles(folder)])].slice(0, mostFiles);
  const counter = new WorkerTokenCounter(path.join(extensionPath, 'dist'));
  const counted = await counter.count({
    files,
    transcripts: files.length === 0 ? [] : await newestTranscripts(surroundings),
    model: usualModel(state, folder),
  });
  await looking;
  const features = promptFeatures(task);
  const seen = files.length - counted.missing.length;
  const answer = estimateFromState(
    {
      features: { ...features, files: Math.max(features.files, seen) },
      cwd: folder,
      asking: { agent: null, sessionId: null, transcriptPath: null },
      // The one that the panel shows: whoever sees its budget shrink expects it to count.
      beside: sessionIn(folder, meter.gauge()),
      files: seen === 0 ? null : counted,
      isBegun: false,
    },
    {
      stateFolder: state,
      limits: (await readLimits(state))?.windows ?? [],
      preferences: await readPreferences(state),
      now: Date.now(),
      effort: 'full',
    },
  );
  return { ...answer, isApproximate: seen > 0 && counted.isApproximate };
}

function sessionIn(folder: string, { session }: GaugeState): SessionUsage | undefined {
  const cwd = session?.cwd ?? null;
  return session !== null && cwd !== null && isInside(cwd, realPath(folder)) ? session : undefined;
}

async function show({ estimate, verdict, isApproximate }: EditorAnswer, task: string, folder: string): Promise<void> {
  const sentences = [
    verdictText(verdict, estimate, Date.now(), editorLanguage),
    t('It rests on {0}.', basisText(estimate, editorLanguage)),
  ];
  if (isApproximate) sentences.push(t('Tokens of files are counted approximately.'));
  const sentence = sentences.join(' ');
  const [proceed, split] = [t('Proceed'), t('Split into Chunks')];
  const isWorry = verdict.decision === 'tight' || verdict.decision === 'split';
  const buttons = verdict.decision === 'split' ? [split, proceed] : [proceed, split];
  const answer = isWorry
    ? await vscode.window.showWarningMessage(sentence, ...buttons)
    : await vscode.window.showInformationMessage(sentence, ...buttons);
  if (answer !== split) return;
  const file = planFileBy(folder, planFileSetting());
  const request = planRequest(path.relative(folder, file), verdict.chunks?.tokens ?? null);
  await vscode.env.clipboard.writeText(`${task}\n\n${request}`);
  void vscode.window.showInformationMessage(
    t('The task and the request to split it are in the clipboard: paste them into your agent.'),
  );
}

/** The folder of the file that is looked at, else the first. */
function workFolder(): string | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  const folder = active && vscode.workspace.getWorkspaceFolder(active);
  return (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath;
}

/** Files of this folder that are looked at. Behind other tabs there may be dozens, of whatever was done before. */
function shownFiles(folder: string): readonly string[] {
  return vscode.window.visibleTextEditors.flatMap(({ document: { uri } }) =>
    uri.scheme === 'file' && isInside(uri.fsPath, folder) ? [uri.fsPath] : [],
  );
}
