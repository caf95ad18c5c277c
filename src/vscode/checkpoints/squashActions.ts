import * as vscode from 'vscode';
import type { Squashed, SquashPreview } from '../../checkpoints/commit/squash.ts';
import { told } from '../unwaited.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { refreshGitView } from './gitView.ts';
import type { Log } from '../log.ts';
import { pickFolder } from './pickFolder.ts';
import { reportFailure } from './reportFailure.ts';
import { saveAll, unsavedEditors } from './unsavedEditors.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** so that the question stays on the screen */
const mostListed = 12;

/** Folding the checkpoint commits of commit mode, after their list has been shown. */
export class SquashActions {
  readonly #folders: WorkspaceFolders;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  async squash(root?: string): Promise<Squashed | undefined> {
    const folder = await pickFolder(this.#folders, root);
    if (!folder) return undefined;
    const preview = await folder.inBackground((checkpoints) => checkpoints.previewSquash());
    if (!preview.ok) {
      reportFailure(preview.failure, this.#log);
      return undefined;
    }
    const { folded: commits, branch: tip } = preview.value;
    const title =
      commits.length === 1
        ? t('Squash 1 checkpoint commit of {0}', tip)
        : t('Squash {0} checkpoint commits of {1}', commits.length, tip);
    const message = await vscode.window.showInputBox({
      title,
      prompt: t('The message of the one commit in their place. Empty: a list of what was folded.'),
      ignoreFocusOut: true,
    });
    if (message === undefined) return undefined;
    const confirm = t('Squash');
    const options = { modal: true, detail: foldedDetail(preview.value) };
    if ((await vscode.window.showWarningMessage(`${title}?`, options, confirm)) !== confirm) return undefined;
    const done = await folder.run('checkpoint', (checkpoints) => checkpoints.squash(message));
    if (!done.ok) {
      reportFailure(done.failure, this.#log);
      return undefined;
    }
    const { branch, oldTip, folded } = done.value;
    this.#log.info(`[checkpoints] squashed commits=${folded.length} oldTip=${oldTip}`);
    void refreshGitView(folder.root, this.#log);
    const undo = t('Undo');
    const words = t('{0} is one commit now. The old tip was {1}.', branch, oldTip.slice(0, 10));
    // Not waited for: the command is done.
    const chosen = vscode.window.showInformationMessage(words, undo);
    const undone = chosen.then((clicked) => (clicked === undo ? this.#undo(folder, done.value) : undefined));
    told(undone, '[checkpoints] squash not taken back', this.#log);
    return done.value;
  }

  /** Back to the commits that were folded: a reset to the safety checkpoint that moves the branch. */
  async #undo(folder: FolderCheckpoints, { safety, branch }: Squashed): Promise<void> {
    const preview = await folder.run('reset', (checkpoints) => checkpoints.preview(safety, { whole: true }));
    if (!preview.ok) {
      reportFailure(preview.failure, this.#log);
      return;
    }
    const files = preview.value.written + preview.value.deleted;
    if (files > 0) {
      const undo = t('Undo');
      const question =
        files === 1
          ? t('1 file has changed since the squash. Undo brings it back as it was then, too.')
          : t('{0} files have changed since the squash. Undo brings them back as they were then, too.', files);
      const options = { modal: true, detail: t('The present state is saved first; Undo brings it back.') };
      if ((await vscode.window.showWarningMessage(question, options, undo)) !== undo) return;
      if (!(await saveAll(unsavedEditors(folder)))) return;
    }
    const done = await folder.run('reset', (checkpoints) =>
      checkpoints.restore(safety, { whole: true, moveHead: true }),
    );
    if (!done.ok) {
      reportFailure(done.failure, this.#log);
      return;
    }
    this.#log.info(`[checkpoints] squash taken back safety=${safety}`);
    void refreshGitView(folder.root, this.#log);
    void vscode.window.showInformationMessage(t('{0} has its checkpoint commits again.', branch));
  }
}

function foldedDetail({ folded, further }: SquashPreview): string {
  const more = folded.length - mostListed;
  return [
    ...folded.slice(0, mostListed).map(({ commit, subject }) => `${commit.slice(0, 8)}  ${subject}`),
    ...(more > 0 ? [t('and {0} more', more)] : []),
    '',
    ...(further === 1 ? [t('1 more lies below commits of your own and stays as it is.')] : []),
    ...(further > 1 ? [t('{0} more lie below commits of your own and stay as they are.', further)] : []),
    t('Files and staged state do not change. A safety checkpoint keeps the old commits.'),
  ].join('\n');
}
