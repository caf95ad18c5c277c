import path from 'node:path';
import * as vscode from 'vscode';
import type { Surroundings } from '../../agents/agent.ts';
import { tokenText } from '../../budget/gaugeText.ts';
import { beginChunk, endChunk, noteHandedOver, reopenTakenBack, type EndedChunk } from '../../plan/chunkFlow.ts';
import { chunkOf, fixPrompt, meaningOf, promptLine, type SessionEvent } from '../../plan/chunkRun.ts';
import { chunkRunFile, readChunkRun, writeChunkRun } from '../../plan/chunkRunFile.ts';
import { nextChunk, type Chunk } from '../../plan/plan.ts';
import { makePrivateFolder } from '../../store/atomicFile.ts';
import { takeFileLock } from '../../store/fileLock.ts';
import { readSession } from '../../store/sessionRecord.ts';
import { pickFolder } from '../checkpoints/pickFolder.ts';
import type { FolderCheckpoints } from '../checkpoints/folderCheckpoints.ts';
import type { WorkspaceFolders } from '../checkpoints/workspaceFolders.ts';
import { commandIds } from '../commandIds.ts';
import { failureWords } from '../failureWords.ts';
import { editorLanguage } from '../language.ts';
import type { Log } from '../log.ts';
import { told } from '../unwaited.ts';
import { sendToAgent, type NoTerminal } from './agentTerminal.ts';
import { chunkHands, type HandsOptions } from './chunkHands.ts';
import type { FolderPlan } from './folderPlan.ts';

const { t } = vscode.l10n;

export interface ChunkActionsOptions extends Omit<HandsOptions, 'plan'> {
  readonly folders: WorkspaceFolders;
  readonly planOf: (folder: FolderCheckpoints) => FolderPlan;
  readonly plans: () => readonly FolderPlan[];
  readonly surroundings: () => Surroundings;
  readonly log: Log;
}

/** How a prompt reached its agent. */
type HandedOver = 'terminal' | 'clipboard';

/** The plan's chunks, one after the other, as a person walks them in the editor (plan/chunkFlow.ts has the rules). */
export class ChunkActions {
  readonly #options: ChunkActionsOptions;

  constructor(options: ChunkActionsOptions) {
    this.#options = options;
  }

  async openPlan(root?: string): Promise<void> {
    const folder = await pickFolder(this.#options.folders, root);
    if (!folder) return;
    const plan = this.#options.planOf(folder);
    if ((await plan.read()) === null) {
      void vscode.window.showInformationMessage(
        t(
          'There is no plan in {0} yet. An agent that is asked to split a task writes one into {1}.',
          folder.folder.name,
          plan.name,
        ),
      );
      return;
    }
    await vscode.window.showTextDocument(vscode.Uri.file(plan.file), { preview: false });
  }

  /** Check the room, save, mark, and hand the prompt over; answers the chunk's number and where its prompt went. */
  async startNext(root?: string): Promise<{ readonly number: number; readonly to: HandedOver } | undefined> {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showInformationMessage(t('A plan is worked on only in a trusted workspace.'));
      return undefined;
    }
    const folder = await pickFolder(this.#options.folders, root);
    if (!folder) return undefined;
    const plan = this.#options.planOf(folder);
    if (plan.busy !== null) return undefined;
    plan.busy = 'starting';
    try {
      const begun = await beginChunk(this.#hands(plan));
      if (!begun.ok) {
        const { reason } = begun.failure;
        const words = failureWords(begun.failure);
        this.#options.log.info(`[plan] not begun reason=${reason}`);
        if (reason === 'nothing-left') void vscode.window.showInformationMessage(words);
        else if (reason !== 'no-room') void vscode.window.showErrorMessage(words);
        return undefined;
      }
      const { chunk, prompt } = begun.value;
      return { number: chunk.number, to: await this.#handOver(plan, chunk, prompt) };
    } finally {
      plan.busy = null;
    }
  }

  #hands(plan: FolderPlan) {
    return chunkHands({ ...this.#options, plan });
  }

  /** Into the terminal where the agent waits, else to the clipboard, with words that say why. */
  async #handOver(plan: FolderPlan, chunk: Chunk, prompt: string): Promise<HandedOver> {
    const line = promptLine(prompt);
    // Before: the agent's hook may be faster than this function's end.
    await noteHandedOver(this.#hands(plan), line);
    const sent = await sendToAgent(plan.folder.root, line, this.#options.surroundings());
    this.#options.log.info(`[plan] handed over chunk=${chunk.number} to=${sent}`);
    if (sent === 'sent') {
      const words = t('Chunk {0} is with the agent. Had you begun to type there? Ctrl+Y brings it back.', chunk.number);
      vscode.window.setStatusBarMessage(words, 10_000);
      return 'terminal';
    }
    await vscode.env.clipboard.writeText(line);
    const done = t('Verify and Tick');
    const chosen = vscode.window.showInformationMessage(clipboardWords(sent, chunk), done);
    this.#unwaited(chosen.then((answer) => (answer === done ? this.#end(plan) : undefined)));
    return 'clipboard';
  }

  /** An agent did something: it may be the end of the turn that a chunk was waiting for. */
  async happened(event: SessionEvent): Promise<void> {
    const { stateFolder, log } = this.#options;
    for (const plan of this.#options.plans()) {
      const run = await readChunkRun(stateFolder, plan.file);
      const handedOver = run?.handedOver ?? null;
      if (run === null || handedOver === null || event.at < handedOver.at) continue;
      const record = handedOver.session ? null : await readSession(stateFolder, event.agent, event.session);
      const meaning = meaningOf(run, event, record?.promptLabel ?? null);
      if (meaning === 'nothing') continue;
      if (!handedOver.session) {
        const session = { agent: event.agent, id: event.session };
        await writeChunkRun(stateFolder, plan.file, { ...run, handedOver: { ...handedOver, session } });
      }
      if (meaning !== 'ended') continue;
      log.info(`[plan] turn ended chunk=${run.number} agent=${event.agent}`);
      this.#unwaited(this.#end(plan, run.number));
    }
  }

  /** Verifies the begun chunk and says what came of it. Only one window of a workspace does it. */
  async #end(plan: FolderPlan, waitedFor?: number): Promise<EndedChunk | undefined> {
    if (!vscode.workspace.isTrusted || plan.busy !== null) return undefined;
    const { stateFolder } = this.#options;
    const lockFile = `${chunkRunFile(stateFolder, plan.file)}.lock`;
    await makePrivateFolder(path.dirname(lockFile));
    const lock = await takeFileLock(lockFile, 0);
    if (!lock) return undefined;
    try {
      // Another window may have been here in between.
      const run = await readChunkRun(stateFolder, plan.file);
      if (waitedFor !== undefined && (run?.handedOver ?? null) === null) return undefined;
      plan.busy = 'verifying';
      const current = await plan.read();
      const number = current && run ? chunkOf(current, run)?.number : undefined;
      const ended = await endChunk(this.#hands(plan), number === undefined ? {} : { number });
      if (!ended.ok) {
        void vscode.window.showWarningMessage(failureWords(ended.failure));
        return undefined;
      }
      this.#tell(plan, ended.value);
      return ended.value;
    } finally {
      plan.busy = null;
      lock.release();
    }
  }

  #tell(plan: FolderPlan, { chunk, plan: now, verification, costTokens }: EndedChunk): void {
    const { root } = plan.folder;
    const { number, title } = chunk;
    if (verification?.verified === 'red') {
      const [fix, back, show] = [t('Fix'), t('Reset to Last Green'), t('Show Output')];
      const [why = ''] = verification.failure.split('\n');
      const chosen = vscode.window.showErrorMessage(t('Chunk {0} is red: {1}', number, why), fix, back, show);
      const done = chosen.then(async (answer) => {
        if (answer === fix) await this.#handOver(plan, chunk, fixPrompt(chunk, verification.failure));
        if (answer === back) await this.#options.verifyActions.resetToLastGreen(root);
        if (answer === show) this.#options.verifyActions.showOutput(plan.folder);
      });
      this.#unwaited(done);
      return;
    }
    if (verification?.verified === null) {
      const again = t('Verify Again');
      const [why = ''] = verification.failure.split('\n');
      const chosen = vscode.window.showWarningMessage(t('Chunk {0} is not ticked. {1}', number, why), again);
      this.#unwaited(chosen.then((answer) => (answer === again ? this.#end(plan) : undefined)));
      return;
    }
    const state = verification === null ? t('done, not verified') : t('green');
    const cost =
      costTokens === null || costTokens === 0 ? '' : `, ${t('{0} tokens', tokenText(costTokens, editorLanguage))}`;
    const next = nextChunk(now);
    const said = t('Chunk {0} is {1}: {2}{3}.', number, state, title, cost);
    if (next === null) {
      void vscode.window.showInformationMessage(`${said} ${t('Nothing is left to do in the plan.')}`);
      return;
    }
    const start = startLabel(next);
    const words = `${said} ${t('Next: {0}. {1}', next.number, next.title)}`;
    void vscode.window.showInformationMessage(words, start).then((answer) => {
      if (answer === start) void vscode.commands.executeCommand(commandIds.startNextChunk, root);
    });
  }

  #unwaited(work: PromiseLike<unknown>): void {
    told(work, '[plan] failed', this.#options.log);
  }

  /** A reset to a green checkpoint has taken chunks back: they are open again. */
  async wentBack(folder: FolderCheckpoints, green: string): Promise<void> {
    const { planOf, stateFolder, log } = this.#options;
    const plan = planOf(folder);
    const reopened = await reopenTakenBack({ planFile: plan.file, stateFolder }, green);
    if (!reopened.ok) log.warn(`[plan] not reopened reason=${reopened.failure.reason}`);
    await plan.refresh();
  }
}

/** As the panel's button says it. */
function startLabel({ status }: Chunk): string {
  if (status === 'begun') return t('Continue Chunk');
  return status === 'red' ? t('Fix Chunk') : t('Start Next Chunk');
}

function clipboardWords(why: NoTerminal, { number }: Chunk): string {
  switch (why) {
    case 'none':
      return t(
        'The prompt of chunk {0} is in the clipboard: paste it to your agent. No terminal of this window has an agent in it that says whether it is idle.',
        number,
      );
    case 'busy':
      return t('The prompt of chunk {0} is in the clipboard: the agent is at work, paste it when it is done.', number);
    case 'waiting':
      return t('The prompt of chunk {0} is in the clipboard: the agent was cut off, and may go on by itself.', number);
  }
}
