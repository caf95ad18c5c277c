import * as vscode from 'vscode';
import type { Comparison } from '../../checkpoints/view/comparison.ts';
import { fileDiffs, openDiff, openMultiDiff, pickDiffs, type FileDiff } from './checkpointDiff.ts';
import { checkpointFileUri } from './checkpointFileAddress.ts';
import { chooseTarget, type CheckpointTarget, type TargetArguments } from './checkpointTarget.ts';
import { withLateProgress } from './lateProgress.ts';
import type { Log } from '../log.ts';
import { labelIn, plainLabel } from './pickCheckpoint.ts';
import { reportFailure } from './reportFailure.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** More files than anybody reads; the editor makes a document of each side of each. */
const mostFiles = 1000;

export type Span = 'until-now' | 'since-previous';

/** Looking at what has changed since a checkpoint, and at single files of it. */
export class DiffActions {
  readonly #folders: WorkspaceFolders;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  /** Opens the differences; answers how many files differ. */
  async show(target: TargetArguments, span: Span): Promise<number | undefined> {
    const chosen = await chooseTarget(this.#folders, target, t('Show the changes of which checkpoint?'));
    const compared = chosen && (await this.#compare(chosen, span));
    if (!chosen || !compared) return undefined;
    const label = labelIn(chosen.folder, chosen.id, compared.label);
    const diffs = fileDiffs(chosen.folder, compared);
    const isUntilNow = span === 'until-now';
    if (diffs.length === 0) {
      const same = isUntilNow
        ? t('Nothing has changed since this checkpoint.')
        : t('Its files are the same as in the checkpoint before.');
      void vscode.window.showInformationMessage([same, ...leftOut(compared)].join(' '));
      return 0;
    }
    const title = isUntilNow ? t('Since “{0}”', label) : t('In “{0}”', label);
    const sides = isUntilNow ? t('checkpoint ↔ now') : t('before ↔ checkpoint');
    await this.#open(diffs, title, sides, leftOut(compared));
    return diffs.length;
  }

  async #open(diffs: readonly FileDiff[], title: string, sides: string, notes: readonly string[]): Promise<void> {
    // The multi-diff editor passes over what is not text, without a word.
    const [text, binary] = [diffs.filter(({ file }) => !file.binary), diffs.filter(({ file }) => file.binary)];
    if (text.length === 0) {
      if (notes.length > 0) void vscode.window.showInformationMessage(notes.join(' '));
      const [only] = diffs;
      await (only && diffs.length === 1 ? openDiff(only, sides) : pickDiffs(title, sides, diffs));
      return;
    }
    const isOpen = await openMultiDiff(title, text.slice(0, mostFiles));
    if (!isOpen) {
      await pickDiffs(title, sides, diffs);
      return;
    }
    const more = text.length - mostFiles;
    const words = [
      ...(more > 0 ? [t('These are the first {0} files; {1} more have changed.', mostFiles, more)] : []),
      ...(binary.length === 1 ? [t('1 binary file has changed too.')] : []),
      ...(binary.length > 1 ? [t('{0} binary files have changed too.', binary.length)] : []),
      ...notes,
    ];
    if (words.length === 0) return;
    const rest = [...binary, ...text.slice(mostFiles)];
    const show = binary.length > 0 && more <= 0 ? t('Show Binary Files') : t('Show the Others');
    // Not waited for: the command is done.
    void vscode.window.showInformationMessage(words.join(' '), ...(rest.length > 0 ? [show] : [])).then((answer) => {
      const [only] = rest;
      if (answer === show && only) return rest.length === 1 ? openDiff(only, sides) : pickDiffs(title, sides, rest);
      return undefined;
    });
  }

  /** Opens one of the files that differ from now, as the checkpoint holds it. */
  async openFile(target: TargetArguments): Promise<vscode.Uri | undefined> {
    const chosen = await chooseTarget(this.#folders, target, t('Open a file of which checkpoint?'));
    const compared = chosen && (await this.#compare(chosen, 'until-now'));
    if (!chosen || !compared) return undefined;
    const there = compared.files.filter(({ fromMode }) => fromMode !== '000000' && fromMode !== '160000');
    if (there.length === 0) {
      void vscode.window.showInformationMessage(t('All files are as they were in this checkpoint.'));
      return undefined;
    }
    const items = there.map(({ path: file, status }) => ({
      label: plainLabel(file),
      description: status === 'deleted' ? t('deleted since') : t('changed since'),
      file,
    }));
    const title = t('Files of “{0}” that are different now', labelIn(chosen.folder, chosen.id, compared.label));
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder: t('Open which file?') });
    if (!picked) return undefined;
    const uri = checkpointFileUri(chosen.folder, compared.from, picked.file);
    await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
    return uri;
  }

  async #compare({ folder, id }: CheckpointTarget, span: Span): Promise<Comparison | undefined> {
    const compared = await withLateProgress(t('Comparing…'), (signal) =>
      folder.inBackground((checkpoints) => checkpoints.view.compare(id, span), signal),
    );
    if (compared.ok) return compared.value;
    reportFailure(compared.failure, this.#log);
    return undefined;
  }
}

/** What a person must not take for unchanged. */
function leftOut({ notCompared, files }: Comparison): string[] {
  const nested = files.filter(({ fromMode, toMode }) => [fromMode, toMode].includes('160000')).length;
  const count = notCompared.length + nested;
  if (count === 0) return [];
  const [first] = [...notCompared.map(({ path: left }) => left), ...files.map(({ path: file }) => file)];
  return count === 1
    ? [t('{0} could not be compared.', first ?? '')]
    : [t('{0} paths could not be compared, {1} among them.', count, first ?? '')];
}
