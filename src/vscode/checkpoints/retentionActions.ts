import * as vscode from 'vscode';
import { bytesText } from '../../checkpoints/view/bytesText.ts';
import type { Pruned } from '../../checkpoints/keep/pruning.ts';
import { expirySentence, policySentence } from '../../checkpoints/keep/retention.ts';
import { told } from '../unwaited.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { labelWords } from './labelWords.ts';
import { withLateProgress } from './lateProgress.ts';
import { sentenceWords } from '../failureWords.ts';
import { editorLanguage } from '../language.ts';
import type { Log } from '../log.ts';
import { plainLabel, timeText } from './pickCheckpoint.ts';
import { pickFolder } from './pickFolder.ts';
import { reportFailure } from './reportFailure.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** Deleting what the retention policy lets go of: never before its list could be seen. */
export class RetentionActions {
  readonly #folders: WorkspaceFolders;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  /** Shows what would go, and deletes what the user leaves in that list; answers their ids. */
  async prune(root?: string): Promise<readonly string[] | undefined> {
    const folder = await pickFolder(this.#folders, root);
    if (!folder) return undefined;
    const plan = await this.#plan(folder);
    if (!plan) return undefined;
    if (plan.deleted.length === 0) {
      const present = t('Nothing to prune: {0}, taking {1}.', countText(plan.kept), sizeText(plan.bytes));
      void vscode.window.showInformationMessage(`${present} ${sentenceWords(policySentence(plan.policy))}`);
      return [];
    }
    return this.#review(folder, plan, false);
  }

  /**
   * The first time the policy would delete something: one quiet question. `Not Now` asks nothing more until the caller does.
   * Whoever agrees agrees to what comes later, too.
   */
  async propose(folder: FolderCheckpoints): Promise<'nothing-to-delete' | 'asked'> {
    const dryRun = await folder.inBackground((checkpoints) => checkpoints.keeping.prune({ dryRun: true }));
    if (!dryRun.ok || dryRun.value.deleted.length === 0) return 'nothing-to-delete';
    const plan = dryRun.value;
    const [review, remove, later] = [t('Review…'), t('Delete'), t('Not Now')];
    const sentence = t(
      'Soft Landing would delete {0} of {1} ({2}), and from then on thin out old ones by itself.',
      plan.deleted.length === 1 ? t('1 old checkpoint') : t('{0} old checkpoints', plan.deleted.length),
      folder.folder.name,
      sizeText(plan.freedBytes),
    );
    const done = vscode.window.showInformationMessage(sentence, review, remove, later).then(async (answer) => {
      if (answer === review) await this.#review(folder, plan, true);
      if (answer === remove) await this.#delete(folder, idsOf(plan), true);
    });
    told(done, '[checkpoints] pruning failed', this.#log);
    return 'asked';
  }

  async #plan(folder: FolderCheckpoints): Promise<Pruned | undefined> {
    const plan = await withLateProgress(t('Looking at what can be pruned…'), (signal) =>
      folder.inBackground((checkpoints) => checkpoints.keeping.prune({ dryRun: true }), signal),
    );
    if (plan.ok) return plan.value;
    reportFailure(plan.failure, this.#log);
    return undefined;
  }

  /** The list with a reason for each, all of it chosen; what the user takes out of it stays. */
  async #review(folder: FolderCheckpoints, plan: Pruned, approves: boolean): Promise<readonly string[] | undefined> {
    const items = plan.deleted.map((checkpoint) => ({
      label: plainLabel(labelWords(checkpoint, t)),
      description: `${timeText(checkpoint)} · ${sentenceWords(expirySentence(checkpoint.reason))}`,
      picked: true,
      id: checkpoint.id,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      canPickMany: true,
      ignoreFocusOut: true,
      title: t('Delete {0}? Left after that: {1}.', countText(plan.deleted.length), plan.kept),
      placeHolder: sentenceWords(policySentence(plan.policy)),
      matchOnDescription: true,
    });
    if (!picked || picked.length === 0) return undefined;
    const confirm = t('Delete');
    const isAll = picked.length === plan.deleted.length;
    const detail = [
      ...(isAll ? [t('Up to {0} can be freed by git’s next garbage collection.', sizeText(plan.freedBytes))] : []),
      t('Your files do not change. Nothing brings a deleted checkpoint back.'),
      ...(approves ? [t('From then on old checkpoints of this folder are thinned out without a question.')] : []),
    ];
    const question = t('Delete {0}?', countText(picked.length));
    const options = { modal: true, detail: detail.join('\n') };
    if ((await vscode.window.showWarningMessage(question, options, confirm)) !== confirm) return undefined;
    return this.#delete(
      folder,
      picked.map(({ id }) => id),
      approves,
    );
  }

  /** Deletes of these ids what the policy still lets go of. */
  async #delete(
    folder: FolderCheckpoints,
    ids: readonly string[],
    approves: boolean,
  ): Promise<readonly string[] | undefined> {
    const done = await withLateProgress(t('Deleting old checkpoints…'), (signal) =>
      folder.run('checkpoint', (checkpoints) => checkpoints.keeping.prune({ only: ids }), signal),
    );
    if (!done.ok) {
      reportFailure(done.failure, this.#log);
      return undefined;
    }
    if (approves) {
      const approved = await folder.inBackground((checkpoints) =>
        checkpoints.changeSettings({ pruningApproved: true }),
      );
      if (!approved.ok) reportFailure(approved.failure, this.#log);
    }
    const deleted = idsOf(done.value);
    this.#log.info(`[checkpoints] pruned count=${deleted.length} approved=${approves}`);
    vscode.window.setStatusBarMessage(t('Deleted {0}', countText(deleted.length)), 4000);
    return deleted;
  }
}

function idsOf({ deleted }: Pruned): string[] {
  return deleted.map(({ id }) => id);
}

function countText(count: number): string {
  return count === 1 ? t('1 checkpoint') : t('{0} checkpoints', count);
}

function sizeText(bytes: number): string {
  return bytesText(bytes, editorLanguage.locale);
}
