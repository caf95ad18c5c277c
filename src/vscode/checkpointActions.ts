import path from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointFailure } from '../checkpoints/failure.ts';
import type { Restored, RestorePreview } from '../checkpoints/checkpoints.ts';
import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { refreshGitView } from './gitView.ts';
import { commandIds } from './commandIds.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import type { Log } from './log.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** Create, reset and undo as a person meets them: picks, questions, and what is said afterwards. */
export class CheckpointActions {
  readonly #folders: WorkspaceFolders;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  async create(root?: string): Promise<CheckpointSummary | undefined> {
    const folder = await this.#pickFolder(root);
    if (!folder) return undefined;
    const made = await folder.run('checkpoint', (checkpoints) =>
      checkpoints.create({ kind: 'manual', label: t('Manual checkpoint') }),
    );
    if (!made.ok) {
      this.#report(made.failure);
      return undefined;
    }
    if (made.value.unchanged) {
      // Said only because somebody asked for a checkpoint; those made by themselves are silent.
      vscode.window.setStatusBarMessage(t('Nothing has changed since the last checkpoint'), 4000);
    }
    return made.value;
  }

  /** Asks once, naming how many files change; the present state is saved in any case. */
  async reset(root?: string, id?: string): Promise<Restored | undefined> {
    const folder = await this.#pickFolder(root);
    if (!folder) return undefined;
    const target = id ?? (await pickCheckpoint(folder));
    if (target === undefined) return undefined;
    const preview = await folder.run('reset', (checkpoints) => checkpoints.preview(target));
    if (!preview.ok) {
      this.#report(preview.failure);
      return undefined;
    }
    const unsaved = unsavedEditors(folder);
    const files = preview.value.written + preview.value.deleted;
    const confirm = count(files, t('Reset 1 File'), t('Reset {0} Files', files));
    const answer = await vscode.window.showWarningMessage(
      t('Reset to “{0}”?', preview.value.checkpoint.label),
      { modal: true, detail: question(preview.value, unsaved.length) },
      confirm,
    );
    if (answer !== confirm) return undefined;
    if (!(await saveAll(unsaved))) return undefined;
    const done = await folder.run('reset', (checkpoints) => checkpoints.restore(target));
    if (!done.ok) {
      this.#report(done.failure);
      return undefined;
    }
    this.#tell(done.value, folder);
    const { safety } = done.value;
    const undo = t('Undo');
    const sentence = `${t('Reset to “{0}”.', preview.value.checkpoint.label)} ${outcome(done.value)}`;
    void vscode.window.showInformationMessage(sentence, undo).then((clicked) => {
      if (clicked === undo) void this.undo(folder.root, safety ?? undefined);
    });
    return done.value;
  }

  /** `safety` names the reset that is meant, for a button that may be clicked long after another undo. */
  async undo(root?: string, safety?: string): Promise<Restored | undefined> {
    const folder = await this.#pickFolder(root);
    if (!folder || !(await saveAll(unsavedEditors(folder)))) return undefined;
    const done = await folder.run('reset', (checkpoints) => checkpoints.undo(safety));
    if (!done.ok) {
      this.#report(done.failure);
      return undefined;
    }
    this.#tell(done.value, folder);
    void vscode.window.showInformationMessage(`${t('The reset was taken back.')} ${outcome(done.value)}`);
    return done.value;
  }

  #tell({ written, deleted, kept }: Restored, folder: FolderCheckpoints): void {
    this.#log.info(`[checkpoints] reset written=${written} deleted=${deleted} kept=${kept.length}`);
    void refreshGitView(folder.root, this.#log);
  }

  /** A reset that was killed half-way: its files may be half changed, and Undo has them all. */
  async offerUndo(folder: FolderCheckpoints): Promise<void> {
    const undo = t('Undo the Reset');
    const answer = await vscode.window.showWarningMessage(
      t(
        'A reset in {0} was cut off half-way. Nothing is lost: Undo brings back all files as they were before it.',
        folder.folder.name,
      ),
      undo,
    );
    if (answer === undo) await this.undo(folder.root);
  }

  /** Says why not. Does not wait for the notification to be closed: whoever ran the command would wait with it. */
  #report(failure: CheckpointFailure): void {
    this.#log.warn(`[checkpoints] refused reason=${failure.reason} message="${failure.message}"`);
    const show = t('Show Log');
    void vscode.window.showErrorMessage(failure.message, show).then((answer) => {
      if (answer === show) void vscode.commands.executeCommand(commandIds.showLog);
    });
  }

  /** The folder a message or argument names; else the only one with a repository; else the user's choice. */
  async #pickFolder(root: string | undefined): Promise<FolderCheckpoints | undefined> {
    // A command can be faster than the first look at the folders.
    await this.#folders.whenLoaded;
    if (root !== undefined) return this.#folders.find(root);
    const ready = this.#folders.all().filter((folder) => folder.isReady);
    if (ready.length > 1) {
      const items = ready.map((folder) => ({ label: folder.folder.name, description: folder.root, folder }));
      return (await vscode.window.showQuickPick(items, { placeHolder: t('Which folder?') }))?.folder;
    }
    if (!ready[0]) {
      const why = vscode.workspace.isTrusted
        ? t('Checkpoints need a folder with a git repository.')
        : t('Checkpoints need a trusted workspace.');
      void vscode.window.showInformationMessage(why);
    }
    return ready[0];
  }
}

function count(number: number, one: string, many: string): string {
  return number === 1 ? one : many;
}

const files = (number: number): string => count(number, t('1 file'), t('{0} files', number));

function outcome({ written, deleted, kept }: Restored): string {
  const left = kept.length === 0 ? '' : ` ${t('Left as they are: {0}.', files(kept.length))}`;
  return `${t('Written: {0}, deleted: {1}.', files(written), deleted)}${left}`;
}

function question({ written, deleted, kept }: RestorePreview, unsaved: number): string {
  const left = t('Left as they are, because the checkpoint does not hold them: {0}.', files(kept.length));
  const saved = t('Saved first: {0}.', count(unsaved, t('1 unsaved editor'), t('{0} unsaved editors', unsaved)));
  return [
    t('Written: {0}, deleted: {1}.', files(written), deleted),
    ...(kept.length > 0 ? [left] : []),
    ...(unsaved > 0 ? [saved] : []),
    t('The present state is saved first; Undo brings it back.'),
  ].join('\n');
}

async function pickCheckpoint(folder: FolderCheckpoints): Promise<string | undefined> {
  const items = folder.view().checkpoints.map((checkpoint) => ({
    label: checkpoint.label,
    description: new Date(checkpoint.createdAt).toLocaleString(),
    detail: checkpoint.tool ?? undefined,
    id: checkpoint.id,
  }));
  const options = { placeHolder: t('Reset to which checkpoint?'), matchOnDescription: true, matchOnDetail: true };
  return (
    await vscode.window.showQuickPick(
      items.map(({ detail, ...item }) => (detail ? { ...item, detail } : item)),
      options,
    )
  )?.id;
}

/** Unsaved text is in no file yet, so no checkpoint could hold it. */
function unsavedEditors(folder: FolderCheckpoints): vscode.TextDocument[] {
  const top = folder.repositoryTop ?? folder.root;
  return vscode.workspace.textDocuments.filter(
    (document) =>
      document.isDirty && document.uri.scheme === 'file' && !path.relative(top, document.uri.fsPath).startsWith('..'),
  );
}

async function saveAll(documents: readonly vscode.TextDocument[]): Promise<boolean> {
  for (const document of documents) {
    if (await document.save()) continue;
    void vscode.window.showErrorMessage(
      t('{0} could not be saved, so nothing was reset.', path.basename(document.uri.fsPath)),
    );
    return false;
  }
  return true;
}
