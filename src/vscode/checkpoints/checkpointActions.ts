import * as vscode from 'vscode';
import type { CheckpointFailure } from '../../checkpoints/failure.ts';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import type { Result } from '../../protocol/result.ts';
import { chooseTarget, type TargetArguments } from './checkpointTarget.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { withLateProgress } from './lateProgress.ts';
import { failureWords } from '../failureWords.ts';
import type { Log } from '../log.ts';
import { timeText } from './pickCheckpoint.ts';
import { pickFolder } from './pickFolder.ts';
import { reportFailure } from './reportFailure.ts';
import { createInAll, oneOfEachRepository } from './severalFolders.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** Making and managing checkpoints as a person meets it: picks, questions, and what is said afterwards. */
export class CheckpointActions {
  readonly #folders: WorkspaceFolders;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  async create(root?: string): Promise<CheckpointSummary | undefined> {
    await this.#folders.whenLoaded;
    const several = root === undefined ? oneOfEachRepository(this.#folders.all()) : [];
    if (several.length > 1) return this.#createInAll(several);
    const folder = await pickFolder(this.#folders, root, { orWithoutGit: true });
    if (!folder || !(await this.#makeReady(folder))) return undefined;
    const made = await withLateProgress(t('Creating a checkpoint…'), (signal) =>
      folder.run(
        'checkpoint',
        (checkpoints) => checkpoints.create({ kind: 'manual', label: t('Manual checkpoint') }),
        signal,
      ),
    );
    if (!made.ok) {
      reportFailure(made.failure, this.#log);
      return undefined;
    }
    if (made.value.unchanged) {
      // Said only because somebody asked for a checkpoint; those made by themselves are silent.
      vscode.window.setStatusBarMessage(t('Nothing has changed since the last checkpoint'), 4000);
    }
    const { commitSkipped } = made.value;
    if (commitSkipped !== null && commitSkipped.reason !== 'no-changes') {
      void vscode.window.showWarningMessage(
        t('The checkpoint is saved, but not committed. {0}', failureWords(commitSkipped)),
      );
    }
    return made.value;
  }

  /** One checkpoint for all repositories of the window: the same id in each. Answers that of the first. */
  async #createInAll(folders: readonly FolderCheckpoints[]): Promise<CheckpointSummary | undefined> {
    const all = await withLateProgress(t('Creating a checkpoint…'), (signal) =>
      createInAll(folders, t('Manual checkpoint'), signal),
    );
    const saved = all.flatMap(({ result }) => (result.ok ? [result.value] : []));
    for (const { result } of all) if (!result.ok) reportFailure(result.failure, this.#log);
    if (saved.length > 0 && saved.every(({ unchanged }) => unchanged)) {
      vscode.window.setStatusBarMessage(t('Nothing has changed since the last checkpoint'), 4000);
    }
    return saved[0];
  }

  /** A folder without git gets a place for its checkpoints with the first one; a large one only if that is really meant. */
  async #makeReady(folder: FolderCheckpoints): Promise<boolean> {
    if (!folder.isWithoutGit) return true;
    const failure = await folder.makeStore();
    if (failure?.reason !== 'folder-too-large') {
      if (failure) reportFailure(failure, this.#log);
      return failure === null;
    }
    const confirm = t('Save It All');
    const answer = await vscode.window.showWarningMessage(
      t('{0} is large and not a git repository. Save all of it?', folder.folder.name),
      { modal: true, detail: t('A copy of all its files is kept outside of it. Later checkpoints add what changed.') },
      confirm,
    );
    if (answer !== confirm) return false;
    const again = await folder.makeStore(true);
    if (again) reportFailure(again, this.#log);
    return again === null;
  }

  /** Pinned, a checkpoint is kept until it is deleted by hand. */
  async pin(target: TargetArguments, pinned: boolean): Promise<CheckpointSummary | undefined> {
    const question = pinned ? t('Pin which checkpoint?') : t('Unpin which checkpoint?');
    const chosen = await chooseTarget(this.#folders, target, question, (checkpoint) => checkpoint.pinned !== pinned);
    if (!chosen) return undefined;
    return this.#told(
      await chosen.folder.run('checkpoint', (checkpoints) => checkpoints.keeping.pin(chosen.id, pinned)),
    );
  }

  async rename(target: TargetArguments): Promise<CheckpointSummary | undefined> {
    const chosen = await chooseTarget(this.#folders, target, t('Rename which checkpoint?'));
    if (!chosen) return undefined;
    const { folder, id } = chosen;
    const present = find(folder, id);
    const label = await vscode.window.showInputBox({
      title: t('Rename Checkpoint'),
      value: present?.label ?? '',
      validateInput: (text) => (text.trim() === '' ? t('A checkpoint needs a label.') : undefined),
    });
    if (label === undefined || label === present?.label) return undefined;
    return this.#told(await folder.run('checkpoint', (checkpoints) => checkpoints.keeping.rename(id, label)));
  }

  async delete(target: TargetArguments): Promise<readonly string[] | undefined> {
    const chosen = await chooseTarget(this.#folders, target, t('Delete which checkpoint?'));
    if (!chosen) return undefined;
    const { folder, id } = chosen;
    const present = find(folder, id);
    const others = folder.view().checkpoints.length - 1;
    const confirm = t('Delete');
    const answer = await vscode.window.showWarningMessage(
      t('Delete the checkpoint “{0}”?', present?.label ?? id),
      { modal: true, detail: deletionDetail(present, Math.max(0, others)) },
      confirm,
    );
    if (answer !== confirm) return undefined;
    const done = await folder.run('checkpoint', (checkpoints) => checkpoints.keeping.delete([id]));
    if (done.ok) this.#log.info(`[checkpoints] deleted count=${done.value.deleted.length}`);
    return this.#told(done)?.deleted;
  }

  async copyId(target: TargetArguments): Promise<string | undefined> {
    const chosen = await chooseTarget(this.#folders, target, t('Copy the id of which checkpoint?'));
    if (!chosen) return undefined;
    await vscode.env.clipboard.writeText(chosen.id);
    vscode.window.setStatusBarMessage(t('Copied {0}', chosen.id), 4000);
    return chosen.id;
  }

  #told<Value>(outcome: Result<Value, CheckpointFailure>): Value | undefined {
    if (outcome.ok) return outcome.value;
    reportFailure(outcome.failure, this.#log);
    return undefined;
  }
}

function find(folder: FolderCheckpoints, id: string): CheckpointSummary | undefined {
  return folder.view().checkpoints.find((checkpoint) => checkpoint.id === id);
}

function deletionDetail(checkpoint: CheckpointSummary | undefined, others: number): string {
  const { changedFiles = 0, pinned = false } = checkpoint ?? {};
  const states = changedFiles === 1 ? t('It holds 1 changed file.') : t('It holds {0} changed files.', changedFiles);
  return [
    ...(checkpoint ? [`${timeText(checkpoint)}. ${states}`] : []),
    ...(pinned ? [t('It is pinned.')] : []),
    others === 1 ? t('1 other checkpoint stays.') : t('{0} other checkpoints stay.', others),
    t(
      'Your files do not change. Its disk space is freed by git’s next garbage collection; then nothing brings it back.',
    ),
  ].join('\n');
}
