import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CheckpointActions } from '../checkpoints/checkpointActions.ts';
import type { FolderCheckpoints } from '../checkpoints/folderCheckpoints.ts';
import { reportFailure } from '../checkpoints/reportFailure.ts';
import type { ResetActions } from '../checkpoints/resetActions.ts';
import type { WorkspaceFolders } from '../checkpoints/workspaceFolders.ts';
import { setContextKey } from '../contextKeys.ts';
import { errorCode } from '../../store/errno.ts';
import type { Log } from '../log.ts';
import { told } from '../unwaited.ts';

const { t } = vscode.l10n;

/** A first checkpoint and a first reset, both real, on a file that nobody will miss. Nothing else in the folder changes. */
export class TryReset {
  readonly #folders: WorkspaceFolders;
  readonly #checkpointActions: CheckpointActions;
  readonly #resetActions: ResetActions;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, checkpointActions: CheckpointActions, resetActions: ResetActions, log: Log) {
    this.#folders = folders;
    this.#checkpointActions = checkpointActions;
    this.#resetActions = resetActions;
    this.#log = log;
  }

  /** Answers whether the reset was made: the person may leave at each question. */
  async run(): Promise<boolean> {
    await this.#folders.whenLoaded;
    const folder = await this.#folder();
    if (!folder) return false;
    const file = await makeScratchFile(folder.root);
    await show(file);
    const name = path.basename(file);
    const made = await folder.run('checkpoint', (checkpoints) =>
      checkpoints.create({ kind: 'manual', label: t('Before the scratch file was overwritten') }),
    );
    if (!made.ok) {
      reportFailure(made.failure, this.#log);
      return false;
    }
    await writeFile(file, `${t('An agent has written over your notes, and the afternoon is gone.')}\n`);
    await show(file);
    const take = t('Reset the File');
    const answer = await vscode.window.showInformationMessage(
      t('A checkpoint holds {0} as it was. It has just been overwritten, as an agent would. Take it back?', name),
      take,
    );
    if (answer !== take) return false;
    const scope = folder.scope === '' ? name : `${folder.scope}/${name}`;
    const done = await this.#resetActions.reset({ root: folder.root, id: made.value.id }, [scope]);
    if (!done) return false;
    setContextKey('triedReset', true);
    told(this.#offerToTidy(file, name), '[walkthrough] not tidied up', this.#log);
    return true;
  }

  async #offerToTidy(file: string, name: string): Promise<void> {
    const remove = t('Delete {0}', name);
    const answer = await vscode.window.showInformationMessage(
      t('That was a reset. It saved the overwritten file first, so Undo Last Reset would bring that back.'),
      remove,
    );
    if (answer !== remove) return;
    const isOfFile = ({ input }: vscode.Tab): boolean =>
      input instanceof vscode.TabInputText && input.uri.fsPath === file;
    await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isOfFile)));
    await rm(file, { force: true });
  }

  /** A folder that can have checkpoints now. */
  async #folder(): Promise<FolderCheckpoints | undefined> {
    const ready = this.#folders.all().find(({ isReady }) => isReady);
    if (ready) return ready;
    const [first] = this.#folders.all();
    if (!first) {
      const open = t('Open Folder');
      const answer = await vscode.window.showInformationMessage(t('Open a folder first: that is what is saved.'), open);
      if (answer === open) await vscode.commands.executeCommand('workbench.action.files.openFolder');
      return undefined;
    }
    // Without git the first checkpoint makes it ready, or asks, or says why not.
    await this.#checkpointActions.create(first.root);
    return first.isReady ? first : undefined;
  }
}

/** Never over a file that is there. */
async function makeScratchFile(root: string): Promise<string> {
  const text = `${t('These are the notes of an afternoon. In a moment they are overwritten.')}\n`;
  for (let count = 1; ; count++) {
    const file = path.join(root, `soft-landing-scratch${count === 1 ? '' : `-${count}`}.md`);
    try {
      await writeFile(file, text, { flag: 'wx' });
      return file;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

async function show(file: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  await vscode.window.showTextDocument(document, { preview: false });
}
