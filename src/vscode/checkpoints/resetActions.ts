import * as vscode from 'vscode';
import type { Checkpoints, Restored } from '../../checkpoints/checkpoints.ts';
import type { ComparedFile } from '../../checkpoints/view/inspect.ts';
import { told } from '../unwaited.ts';
import { chooseTarget, type TargetArguments } from './checkpointTarget.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { refreshGitView } from './gitView.ts';
import { labelWords } from './labelWords.ts';
import { withLateProgress } from './lateProgress.ts';
import type { Log } from '../log.ts';
import { labelIn, plainLabel, shortLabel } from './pickCheckpoint.ts';
import { pickFolder } from './pickFolder.ts';
import { reportFailure } from './reportFailure.ts';
import { askReach, outcome } from './resetQuestion.ts';
import { foldersBeside } from './severalFolders.ts';
import { saveAll, unsavedEditors } from './unsavedEditors.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** What became of a reset or an undo in one of several folders. */
interface FolderOutcome {
  readonly folder: FolderCheckpoints;
  readonly safety: string | null;
  readonly sentence: string;
}

/** A further folder whose reset is taken back: the newest one, or the one that this safety checkpoint is of. */
interface Undone {
  readonly folder: FolderCheckpoints;
  readonly safety?: string;
}

/** Reset and undo as a person meets them: picks, questions, and what is said afterwards. */
export class ResetActions {
  readonly #folders: WorkspaceFolders;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  /**
   * Asks once, naming how many files change; the present state is saved in any case.
   * @param paths relative to the repository's top folder; empty: everything
   */
  async reset(target: TargetArguments, paths: readonly string[] = []): Promise<Restored | undefined> {
    const chosen = await chooseTarget(this.#folders, target, t('Reset to which checkpoint?'));
    if (!chosen) return undefined;
    const { folder, id } = chosen;
    const preview = await withLateProgress(t('Looking at what a reset would change…'), (signal) =>
      folder.run('reset', (checkpoints) => checkpoints.preview(id, { paths }), signal),
    );
    if (!preview.ok) {
      reportFailure(preview.failure, this.#log);
      return undefined;
    }
    const unsaved = unsavedEditors(folder);
    const isChoice = paths.length > 0;
    const others = isChoice ? [] : this.#others(folder, (other) => hasCheckpoint(other, id));
    const reach = await askReach({
      preview: preview.value,
      scope: isChoice ? '' : folder.scope,
      others: others.length,
      unsaved: unsaved.length,
    });
    if (reach === undefined) return undefined;
    const also = reach === 'all-folders' ? others : [];
    if (!(await saveAll([...unsaved, ...also.flatMap(unsavedEditors)]))) return undefined;
    const done = await withLateProgress(
      t('Resetting… Cancel is possible until the first file is written; from then on it finishes or rolls back.'),
      (signal) =>
        folder.run('reset', (checkpoints) => checkpoints.restore(id, { paths, whole: reach === 'whole' }), signal),
    );
    if (!done.ok) {
      reportFailure(done.failure, this.#log);
      return undefined;
    }
    this.#tell(done.value, folder);
    const each = await this.#each(also, (checkpoints) => checkpoints.restore(id));
    const { safety } = done.value;
    const undo = t('Undo');
    const sentences = [outcomeIn(folder, also, done.value), ...each.map(({ sentence }) => sentence)];
    const sentence = [t('Reset to “{0}”.', shortLabel(labelWords(preview.value.checkpoint, t))), ...sentences].join(
      ' ',
    );
    const undone = vscode.window.showInformationMessage(sentence, undo).then((clicked) => {
      if (clicked !== undo) return undefined;
      const set = each.flatMap((one) => (one.safety === null ? [] : [{ folder: one.folder, safety: one.safety }]));
      return this.#undoIn(folder, safety ?? undefined, set);
    });
    told(undone, '[checkpoints] undo failed', this.#log);
    return done.value;
  }

  /** Other repositories' folders that a reset or an undo may mean too. */
  #others(folder: FolderCheckpoints, isMeant: (other: FolderCheckpoints) => boolean): readonly FolderCheckpoints[] {
    return foldersBeside(folder, this.#folders.all()).filter(isMeant);
  }

  /** The same in further folders, one after the other, each told of by its name; one that fails hinders no other. */
  async #each(
    folders: readonly FolderCheckpoints[],
    work: (checkpoints: Checkpoints, folder: FolderCheckpoints) => ReturnType<Checkpoints['undo']>,
  ): Promise<readonly FolderOutcome[]> {
    const outcomes: FolderOutcome[] = [];
    for (const folder of folders) {
      const done = await folder.run('reset', (checkpoints) => work(checkpoints, folder));
      const { name } = folder.folder;
      if (done.ok) {
        this.#tell(done.value, folder);
        outcomes.push({ folder, safety: done.value.safety, sentence: `${name}: ${outcome(done.value)}` });
      } else {
        reportFailure(done.failure, this.#log);
        outcomes.push({ folder, safety: null, sentence: t('{0}: nothing was changed.', name) });
      }
    }
    return outcomes;
  }

  /** The same for those of the changed files which the user picks. */
  async resetChosen(target: TargetArguments): Promise<Restored | undefined> {
    const chosen = await chooseTarget(this.#folders, target, t('Reset files to which checkpoint?'));
    if (!chosen) return undefined;
    const { folder, id } = chosen;
    const compared = await withLateProgress(t('Comparing…'), (signal) =>
      folder.inBackground((checkpoints) => checkpoints.view.compare(id, 'until-now'), signal),
    );
    if (!compared.ok) {
      reportFailure(compared.failure, this.#log);
      return undefined;
    }
    const label = labelIn(folder, id, compared.value.label);
    // What is not UTF-8 cannot be named: neither here nor on a command line.
    const files = compared.value.files.filter(({ hasTextName }) => hasTextName);
    if (files.length === 0) {
      void vscode.window.showInformationMessage(t('Nothing has changed since this checkpoint.'));
      return undefined;
    }
    const picked = await vscode.window.showQuickPick(files.map(fileItem), {
      canPickMany: true,
      // What was ticked is not to be lost to an editor that an agent opens meanwhile, or to a look at one of the files.
      ignoreFocusOut: true,
      title: t('Reset Files to “{0}”', label),
      placeHolder: t('Which files?'),
      matchOnDescription: true,
    });
    if (!picked || picked.length === 0) return undefined;
    return this.reset(
      { root: folder.root, id },
      picked.map(({ path: file }) => file),
    );
  }

  /** `safety` names the reset that is meant, for a button that may be clicked long after another undo. */
  async undo(root?: string, safety?: string): Promise<Restored | undefined> {
    const folder = await pickFolder(this.#folders, root);
    if (!folder) return undefined;
    // A button names the one reset that it is for.
    const also = safety === undefined ? await this.#alsoUndone(folder) : [];
    return also && this.#undoIn(folder, safety, also);
  }

  /** Folders that were reset to the same checkpoint, if the user wants them back as well; undefined: the user left. */
  async #alsoUndone(folder: FolderCheckpoints): Promise<readonly Undone[] | undefined> {
    const to = folder.undoableTo;
    const others = to === null ? [] : this.#others(folder, (other) => other.undoableTo === to);
    if (others.length === 0) return [];
    const all = t('Undo in All {0} Folders', others.length + 1);
    const one = t('Undo in {0}', folder.folder.name);
    const answer = await vscode.window.showWarningMessage(
      t('Several folders were reset to this checkpoint. Take back which?'),
      { modal: true },
      all,
      one,
    );
    if (answer === undefined) return undefined;
    return answer === all ? others.map((other) => ({ folder: other })) : [];
  }

  async #undoIn(
    folder: FolderCheckpoints,
    safety: string | undefined,
    also: readonly Undone[],
  ): Promise<Restored | undefined> {
    if (!(await saveAll([folder, ...also.map((one) => one.folder)].flatMap(unsavedEditors)))) return undefined;
    const done = await withLateProgress(
      t('Taking the reset back… Cancel is possible until the first file is written.'),
      (signal) => folder.run('reset', (checkpoints) => checkpoints.undo(safety), signal),
    );
    if (!done.ok) reportFailure(done.failure, this.#log);
    else this.#tell(done.value, folder);
    const each = await this.#each(
      also.map((one) => one.folder),
      (checkpoints, other) => checkpoints.undo(also.find((one) => one.folder === other)?.safety),
    );
    if (!done.ok) return undefined;
    const others = also.map((one) => one.folder);
    const sentences = [outcomeIn(folder, others, done.value), ...each.map(({ sentence }) => sentence)];
    void vscode.window.showInformationMessage([t('The reset was taken back.'), ...sentences].join(' '));
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
}

/** What a reset would do to a file that has changed since. */
function fileItem({ path: file, status }: ComparedFile) {
  const words = {
    added: t('is new; will be deleted'),
    modified: t('will be as it was'),
    deleted: t('will be there again'),
  } as const;
  const icons = { added: 'diff-added', modified: 'diff-modified', deleted: 'diff-removed' } as const;
  return { label: `$(${icons[status]}) ${plainLabel(file)}`, description: words[status], path: file };
}

function hasCheckpoint(folder: FolderCheckpoints, id: string): boolean {
  return folder.view().checkpoints.some((checkpoint) => checkpoint.id === id);
}

/** With the folder's name where it is one of several. */
function outcomeIn(folder: FolderCheckpoints, others: readonly FolderCheckpoints[], result: Restored): string {
  return others.length === 0 ? outcome(result) : `${folder.folder.name}: ${outcome(result)}`;
}
