import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Checkpoints } from '../checkpoints/checkpoints.ts';
import { agentName } from '../protocol/agentName.ts';
import type { InterruptionView } from '../protocol/interruption.ts';
import { plural } from '../protocol/plural.ts';
import { goOnTime, resumeCommand } from '../recovery/goOn.ts';
import { handOverPrompt } from '../recovery/handOver.ts';
import { changeState, listInterruptions } from '../recovery/interruptionStore.ts';
import { concerns, lookBack, pendingIn } from '../recovery/lookBack.ts';
import { lastGreen, titleOf, viewOf, type StoredInterruption, type VerifiedCheckpoint } from '../recovery/report.ts';
import { reasonWords, timeWords } from '../recovery/words.ts';
import { CommandError, UsageError, type Command, type CommandContext, type CommandResult } from './command.ts';
import { unwrap } from './failures.ts';
import { reopenChunks } from './reopenedChunks.ts';
import { membersJson, restoredText } from './restoreText.ts';

type RecoverContext = Pick<CommandContext, 'surroundings' | 'stateFolder' | 'repoDir' | 'now'>;

/**
 * Cut-off sessions of a folder that nobody has dealt with, the newest first; what was not recorded yet is: the state is saved, the report
 * written.
 */
export async function pendingInterruptions(
  { surroundings, stateFolder, repoDir, now }: RecoverContext,
  session?: string,
): Promise<readonly StoredInterruption[]> {
  const places = await placesOf(repoDir, stateFolder);
  const open = (folder: string) => Checkpoints.open(folder, { stateFolder, newStoreAt: folder });
  await lookBack({ surroundings, stateFolder, places, open, now }, session);
  const pending = await pendingIn({ stateFolder, places, now });
  return session === undefined ? pending : pending.filter(({ report }) => report.sessionId.includes(session));
}

/** The whole repository: an agent may have been started in another folder of it. */
async function placesOf(repoDir: string, stateFolder: string): Promise<readonly string[]> {
  const opened = await Checkpoints.open(repoDir, { stateFolder });
  return opened.ok ? [repoDir, opened.value.repository.top] : [repoDir];
}

/** The `interruption` of the CLI contract: the view with times as ISO 8601 instants, and what goes on with it. */
export function interruptionJson(view: InterruptionView) {
  const instant = (time: number | null) => (time === null ? null : new Date(time).toISOString());
  return {
    id: view.id,
    agent: view.agent,
    sessionId: view.sessionId,
    at: instant(view.at),
    reason: view.reason,
    message: view.message,
    resetsAt: instant(view.resetsAt),
    task: view.task,
    chunk: view.chunk,
    filesChanged: view.filesChanged,
    green: view.green,
    lastGreen: view.lastGreen,
    checkpoint: view.checkpoint,
    goOnAt: instant(view.goOnAt),
    continuesItself: view.continuesItself,
    folder: view.folder,
    resume: resumeCommand(view),
  };
}

/** One sentence, and where to read on. */
export function interruptionText(view: InterruptionView, now: number): string {
  const resets = view.resetsAt === null ? '' : `, resets ${timeWords(view.resetsAt, now)}`;
  const cut = `${agentName(view.agent)} was cut off at ${timeWords(view.at, now)} (${reasonWords[view.reason]}${resets}): ${view.task}`;
  return `${cut}\nWhat it left behind: soft-landing recover`;
}

/** What `status` says of the newest one; null: there is none. */
export async function newestInterruption(context: RecoverContext): Promise<InterruptionView | null> {
  const [newest] = await pendingInterruptions(context);
  return newest ? viewOf(newest, context.now(), await checkpointsOf(newest, context)) : null;
}

async function checkpointsOf(
  { report }: StoredInterruption,
  { stateFolder }: RecoverContext,
): Promise<readonly VerifiedCheckpoint[]> {
  const opened = await Checkpoints.open(report.cwd, { stateFolder });
  const list = opened.ok ? await opened.value.list() : opened;
  return list.ok ? list.value : [];
}

const actions = ['list', 'handover', 'reset-to-green', 'go-on', 'dismiss'] as const;

/** `soft-landing recover`: what an agent left behind when it was cut off, and every way to go on. */
export const recoverCommand: Command = {
  name: 'recover',
  usage: 'recover [--session S] [--list | --handover | --reset-to-green | --go-on | --dismiss]',
  summary: 'the report of an agent that was cut off here; hand it over, reset, go on at the reset, or dismiss it',
  options: {
    session: { type: 'string' },
    list: { type: 'boolean' },
    handover: { type: 'boolean' },
    'reset-to-green': { type: 'boolean' },
    'go-on': { type: 'boolean' },
    dismiss: { type: 'boolean' },
  },
  finishesWhenInterrupted: true,
  async run(context, values, positionals) {
    if (positionals.length > 0) throw new UsageError(`unexpected argument: ${positionals[0]}`);
    const chosen = actions.filter((action) => values[action] === true);
    if (chosen.length > 1) throw new UsageError(`only one of ${chosen.map((action) => `--${action}`).join(', ')}`);
    const session = typeof values['session'] === 'string' ? values['session'] : undefined;
    const pending = await pendingInterruptions(context, session);
    const [action] = chosen;
    if (action === 'list') return listed(context);
    const [newest] = pending;
    if (newest === undefined) return nothing(action, session);
    switch (action) {
      case 'handover':
        return handedOver(newest, context);
      case 'reset-to-green':
        return reset(newest, context);
      case 'go-on':
        return goneOn(newest, context);
      case 'dismiss':
        return dismissed(newest, context);
      case undefined:
        return shown(newest, pending.length - 1, context);
    }
    return action satisfies never;
  },
};

function nothing(action: string | undefined, session: string | undefined): CommandResult {
  const sentence =
    session === undefined ? 'No agent was cut off here.' : `No session that is called ${session} was cut off here.`;
  if (action !== undefined || session !== undefined) throw new CommandError('no-interruption', sentence);
  return { json: { interruption: null, report: null, files: null }, text: sentence };
}

/** All there are, those that were dealt with too. */
async function listed(context: RecoverContext): Promise<CommandResult> {
  const places = await placesOf(context.repoDir, context.stateFolder);
  const all = (await listInterruptions(context.stateFolder)).filter((stored) => concerns(stored, places));
  const now = context.now();
  const rows = all.map((stored) => {
    const state = stored.state.dismissedAt !== null ? 'dismissed' : stored.state.overAt !== null ? 'over' : 'open';
    return { ...interruptionJson(viewOf(stored, now)), state };
  });
  const lines = all.map(({ report }, at) => {
    const when = timeWords(report.at, now).padEnd(16);
    return `${when}  ${(rows[at]?.state ?? '').padEnd(9)}  ${agentName(report.agent)}: ${reasonWords[report.reason]}  ${titleOf(report)}`;
  });
  return { json: { interruptions: rows }, text: lines.length === 0 ? 'No agent was cut off here.' : lines.join('\n') };
}

async function shown(stored: StoredInterruption, more: number, context: RecoverContext): Promise<CommandResult> {
  const view = viewOf(stored, context.now(), await checkpointsOf(stored, context));
  const text = await readFile(path.join(stored.folder, 'REPORT.md'), 'utf8');
  const further = more === 0 ? '' : `\n${plural(more, 'more cut-off session')} here: soft-landing recover --list\n`;
  return {
    json: { interruption: interruptionJson(view), report: stored.report, files: filesOf(stored) },
    text: `${text.trimEnd()}\n${further}\n(${path.join(stored.folder, 'REPORT.md')})`,
  };
}

function filesOf({ folder, report }: StoredInterruption) {
  return {
    report: path.join(folder, 'REPORT.md'),
    handover: path.join(folder, 'HANDOVER.md'),
    salvaged: report.unanswered.flatMap(({ salvaged }) => salvaged.map((name) => path.join(folder, 'salvaged', name))),
  };
}

async function handedOver(stored: StoredInterruption, context: RecoverContext): Promise<CommandResult> {
  const prompt = handOverPrompt(stored.report, stored.folder, context.now());
  const { handover: file } = filesOf(stored);
  const document = await readFile(file, 'utf8');
  return { json: { id: stored.report.id, file, document, prompt }, text: prompt };
}

async function reset(stored: StoredInterruption, context: RecoverContext): Promise<CommandResult> {
  const { report } = stored;
  const checkpoints = unwrap(await Checkpoints.open(report.cwd, { stateFolder: context.stateFolder }));
  const green = lastGreen(unwrap(await checkpoints.list()), report.at);
  if (green === null) {
    const instead =
      report.base === null ? '' : ` The state before the task: soft-landing checkpoint restore ${report.base.id}`;
    throw new CommandError(
      'no-green',
      `No checkpoint from before the cut was verified green. Nothing was changed.${instead}`,
    );
  }
  const restored = unwrap(await checkpoints.restore(green.id, { whole: true }));
  await changeState(context.stateFolder, report.id, () => ({ dismissedAt: context.now() }));
  const reopened = await reopenChunks(report.cwd, context.stateFolder, green.id);
  return {
    json: { ...restored, members: membersJson(restored.members), reopened: reopened.numbers },
    text: [restoredText(restored, ''), ...reopened.lines].join('\n'),
  };
}

async function goneOn(stored: StoredInterruption, { stateFolder, now }: RecoverContext): Promise<CommandResult> {
  const view = viewOf(stored, now());
  const resume = resumeCommand(view);
  if (view.continuesItself) {
    const sentence = `${agentName(view.agent)} goes on by itself${view.resetsAt === null ? '' : ` after ${timeWords(view.resetsAt, now())}`}. Nothing was set.`;
    throw new CommandError('continues-itself', sentence);
  }
  const goOnAt = goOnTime(view, now());
  await changeState(stateFolder, view.id, () => ({ goOnAt, goOnToldAt: null }));
  const when = goOnAt <= now() ? 'now' : `at ${timeWords(goOnAt, now())}; an open editor will say so`;
  return {
    json: { id: view.id, goOnAt: new Date(goOnAt).toISOString(), resume },
    text: `Go on ${when}:\n  ${resume ?? 'as this agent resumes a session'}`,
  };
}

async function dismissed({ report }: StoredInterruption, { stateFolder, now }: RecoverContext): Promise<CommandResult> {
  await changeState(stateFolder, report.id, () => ({ dismissedAt: now() }));
  return { json: { dismissed: report.id }, text: 'Dismissed. The checkpoint stays, and the report for 30 days.' };
}
