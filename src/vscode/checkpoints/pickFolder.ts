import * as vscode from 'vscode';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** The folder a message or argument names; else the only one with a repository; else the user's choice. */
export async function pickFolder(
  folders: WorkspaceFolders,
  root: string | undefined,
  { orWithoutGit = false }: { readonly orWithoutGit?: boolean } = {},
): Promise<FolderCheckpoints | undefined> {
  // A command can be faster than the first look at the folders.
  await folders.whenLoaded;
  if (root !== undefined) return folders.find(root);
  const open = folders.all().filter((folder) => folder.isReady);
  const ready = open.length === 0 && orWithoutGit ? folders.all().filter((folder) => folder.isWithoutGit) : open;
  if (ready.length > 1) {
    const items = ready.map((folder) => ({ label: folder.folder.name, description: folder.root, folder }));
    return (await vscode.window.showQuickPick(items, { placeHolder: t('Which folder?') }))?.folder;
  }
  if (!ready[0]) {
    const why = vscode.workspace.isTrusted
      ? t('No folder here has checkpoints yet.')
      : t('Checkpoints need a trusted workspace.');
    void vscode.window.showInformationMessage(why);
  }
  return ready[0];
}
