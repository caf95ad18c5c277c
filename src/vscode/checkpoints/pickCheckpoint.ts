import * as vscode from 'vscode';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import { editorLanguage } from '../language.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';

const { t } = vscode.l10n;

/** Labels come from prompts and files: VS Code would draw an icon for `$(name)` in them. */
export function plainLabel(text: string): string {
  return text.replace(/\$\(/g, '\\$(');
}

/** As much of a label as a question or a notification needs: the prompt that it comes from may be long. */
export function shortLabel(label: string): string {
  const characters = Array.from(label);
  return characters.length > 72 ? `${characters.slice(0, 71).join('').trimEnd()}…` : label;
}

/** The label of a checkpoint as the list shows it, which is in the editor's language; `stored`, where it is in no list. */
export function labelIn(folder: FolderCheckpoints, id: string, stored: string): string {
  return folder.view().checkpoints.find((checkpoint) => checkpoint.id === id)?.label ?? stored;
}

export function timeText(checkpoint: Pick<CheckpointSummary, 'createdAt'>): string {
  return new Date(checkpoint.createdAt).toLocaleString(editorLanguage.locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
}

/** The id of the checkpoint that the user chooses, newest first. */
export async function pickCheckpoint(
  folder: FolderCheckpoints,
  placeHolder: string,
  isOffered: (checkpoint: CheckpointSummary) => boolean,
): Promise<string | undefined> {
  const offered = folder.view().checkpoints.filter(isOffered);
  if (offered.length === 0) {
    void vscode.window.showInformationMessage(t('There is no such checkpoint in {0}.', folder.folder.name));
    return undefined;
  }
  const items = offered.map((checkpoint) => ({
    label: `${checkpoint.pinned ? '$(pinned) ' : ''}${plainLabel(checkpoint.label)}`,
    description: timeText(checkpoint),
    ...(checkpoint.tool === null ? {} : { detail: plainLabel(checkpoint.tool) }),
    id: checkpoint.id,
  }));
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.id;
}
