import path from 'node:path';
import * as vscode from 'vscode';
import type { FolderCheckpoints } from './folderCheckpoints.ts';

const { t } = vscode.l10n;

/** Unsaved text is in no file yet, so no checkpoint could hold it. */
export function unsavedEditors(folder: FolderCheckpoints): vscode.TextDocument[] {
  const top = folder.repositoryTop ?? folder.root;
  return vscode.workspace.textDocuments.filter(
    (document) =>
      document.isDirty && document.uri.scheme === 'file' && !path.relative(top, document.uri.fsPath).startsWith('..'),
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
