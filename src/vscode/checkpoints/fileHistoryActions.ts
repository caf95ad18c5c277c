import { realpathSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Restored } from '../../checkpoints/checkpoints.ts';
import type { CountedVersion } from '../../checkpoints/view/fileHistory.ts';
import { isInside } from '../../store/isInside.ts';
import { checkpointFileUri } from './checkpointFileAddress.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { labelWords } from './labelWords.ts';
import { withLateProgress } from './lateProgress.ts';
import type { Log } from '../log.ts';
import { plainLabel, timeText } from './pickCheckpoint.ts';
import { reportFailure } from './reportFailure.ts';
import type { ResetActions } from './resetActions.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

interface VersionItem extends vscode.QuickPickItem {
  readonly version: CountedVersion;
}

interface Place {
  readonly folder: FolderCheckpoints;
  /** relative to the repository's top folder, with slashes */
  readonly file: string;
}

/** The versions of one file that checkpoints hold. */
export class FileHistoryActions {
  readonly #folders: WorkspaceFolders;
  readonly #resetActions: ResetActions;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, resetActions: ResetActions, log: Log) {
    this.#folders = folders;
    this.#resetActions = resetActions;
    this.#log = log;
  }

  /** @param argument what a menu of the explorer or of a tab passes; without one, the file in front is meant */
  async show(argument: unknown): Promise<Restored | undefined> {
    const uri = argument instanceof vscode.Uri ? argument : uriInFront();
    await this.#folders.whenLoaded;
    const place = uri?.scheme === 'file' ? this.#placeOf(uri.fsPath) : undefined;
    if (!place) {
      void vscode.window.showInformationMessage(t('Open a file of a folder with checkpoints first.'));
      return undefined;
    }
    const { folder, file } = place;
    const found = await withLateProgress(t('Looking for checkpoints of this file…'), (signal) =>
      folder.inBackground((checkpoints) => checkpoints.view.checkpointsOf(file), signal),
    );
    if (!found.ok) {
      reportFailure(found.failure, this.#log);
      return undefined;
    }
    if (!found.value.some(({ exists }) => exists)) {
      void vscode.window.showInformationMessage(t('No checkpoint holds {0}.', file));
      return undefined;
    }
    const choice = await pickVersion(file, found.value);
    if (!choice) return undefined;
    if (choice.restore) {
      return this.#resetActions.reset({ root: folder.root, id: choice.version.checkpoint.id }, [file]);
    }
    await openVersion(place, choice.version);
    return undefined;
  }

  /** The folder whose repository a file is in: of nested ones the innermost. */
  #placeOf(fsPath: string): Place | undefined {
    const real = realPath(fsPath);
    const places = this.#folders.all().flatMap((folder): Place[] => {
      if (folder.repositoryTop === undefined) return [];
      const top = realPath(folder.repositoryTop);
      if (!isInside(real, top)) return [];
      return [{ folder, file: path.relative(top, real).split(path.sep).join('/') }];
    });
    return places.sort((a, b) => a.file.length - b.file.length)[0];
  }
}

/** Repositories are known by their real path, and a folder can be opened through a link. The file itself may be a link, or gone. */
function realPath(fsPath: string): string {
  try {
    return path.join(realpathSync(path.dirname(fsPath)), path.basename(fsPath));
  } catch {
    return fsPath;
  }
}

function uriInFront(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return input.uri;
  if (input instanceof vscode.TabInputTextDiff) return input.modified;
  return vscode.window.activeTextEditor?.document.uri;
}

function linesText({ exists, lines }: CountedVersion): string {
  if (!exists) return t('no such file then');
  return lines === null ? '' : `+${lines.added} −${lines.deleted}`;
}

async function pickVersion(
  file: string,
  versions: readonly CountedVersion[],
): Promise<{ readonly version: CountedVersion; readonly restore: boolean } | undefined> {
  const diffButton: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('git-compare'),
    tooltip: t('Show Changes Since Then'),
  };
  const resetButton: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('discard'),
    tooltip: t('Reset This File…'),
  };
  const pick = vscode.window.createQuickPick<VersionItem>();
  pick.title = t('Checkpoints of {0}', path.posix.basename(file));
  pick.placeholder = t('Choose one to see what has changed since');
  pick.matchOnDetail = true;
  pick.items = versions.map((version) => {
    const { checkpoint } = version;
    return {
      label: `${checkpoint.pinned ? '$(pinned) ' : ''}${plainLabel(labelWords(checkpoint, t))}`,
      // On a line of its own: a long label would push it out of sight.
      detail: [timeText(checkpoint), linesText(version)].filter((text) => text !== '').join(' · '),
      buttons: [diffButton, resetButton],
      version,
    };
  });
  try {
    return await new Promise((resolve) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        resolve(item && { version: item.version, restore: false });
      });
      pick.onDidTriggerItemButton(({ item, button }) =>
        resolve({ version: item.version, restore: button.tooltip === resetButton.tooltip }),
      );
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

async function openVersion({ folder, file }: Place, { checkpoint, exists }: CountedVersion): Promise<void> {
  const present = vscode.Uri.file(path.join(folder.repositoryTop ?? folder.root, file));
  const then = checkpointFileUri(folder, { checkpoint: checkpoint.id, tree: checkpoint.tree }, file);
  const name = path.posix.basename(file);
  const isThere = await vscode.workspace.fs.stat(present).then(
    () => true,
    () => false,
  );
  if (exists && isThere) {
    await vscode.commands.executeCommand(
      'vscode.diff',
      then,
      present,
      `${name} (${labelWords(checkpoint, t)} ↔ ${t('now')})`,
    );
  } else if (exists) {
    await vscode.commands.executeCommand('vscode.open', then, { preview: true });
  } else if (isThere) {
    await vscode.commands.executeCommand('vscode.open', present, { preview: true });
  }
}
