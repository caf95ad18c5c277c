import path from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../store/isInside.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';

const { t } = vscode.l10n;

/**
 * Unsaved text is in no file yet, so no checkpoint could hold it, and no command see it. In the folder as it was opened, which may be
 * through a link, and in all of its repository, which git names by its real path.
 */
export function unsavedEditors({ root, repositoryTop }: FolderCheckpoints): vscode.TextDocument[] {
  const places = [root, repositoryTop ?? root];
  return vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && places.some((place) => isInside(uri.fsPath, place)),
  );
}

/** False, and said to the person, where one of them could not be. */
export async function saveAll(documents: readonly vscode.TextDocument[]): Promise<boolean> {
  for (const document of documents) {
    if (await document.save()) continue;
    void vscode.window.showErrorMessage(
      t('{0} could not be saved, so nothing was reset.', path.basename(document.uri.fsPath)),
    );
    return false;
  }
  return true;
}
