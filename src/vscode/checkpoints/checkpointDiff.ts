import path from 'node:path';
import * as vscode from 'vscode';
import type { ComparedSide, Comparison } from '../../checkpoints/view/comparison.ts';
import type { ComparedFile } from '../../checkpoints/view/inspect.ts';
import { checkpointFileUri } from './checkpointFileAddress.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { plainLabel } from './pickCheckpoint.ts';

const { t } = vscode.l10n;

/** One file with its two sides; undefined where there is no such file. */
export interface FileDiff {
  readonly file: ComparedFile;
  /** what tells the file's name */
  readonly resource: vscode.Uri;
  readonly before: vscode.Uri | undefined;
  readonly after: vscode.Uri | undefined;
}

const symlink = '120000';
const gitlink = '160000';
const absent = '000000';

/** The files of a comparison as documents. Nested repositories have no content of their own, and are left out. */
export function fileDiffs(folder: FolderCheckpoints, { from, to, files }: Comparison): FileDiff[] {
  return files
    .filter(({ fromMode, toMode }) => fromMode !== gitlink && toMode !== gitlink)
    .map((file) => {
      const before = file.fromMode === absent ? undefined : checkpointFileUri(folder, from, file.path);
      const after = file.toMode === absent ? undefined : presentOrPast(folder, to, file);
      const resource = vscode.Uri.file(path.join(folder.repositoryTop ?? folder.root, file.path));
      return { file, resource, before, after };
    });
}

/** The file on disk, so that it can be edited there; but VS Code follows links, and has no address for a name that is not UTF-8. */
function presentOrPast(folder: FolderCheckpoints, to: ComparedSide, file: ComparedFile): vscode.Uri {
  const isOnDisk = to.checkpoint === null && file.toMode !== symlink && file.hasTextName;
  if (!isOnDisk) return checkpointFileUri(folder, to, file.path);
  return vscode.Uri.file(path.join(folder.repositoryTop ?? folder.root, file.path));
}

/** The multi-diff editor with all of them; false where this editor has none (some forks). */
export async function openMultiDiff(title: string, diffs: readonly FileDiff[]): Promise<boolean> {
  const rows = diffs.map(({ resource, before, after }) => [resource, before, after]);
  try {
    await vscode.commands.executeCommand('vscode.changes', title, rows);
    return true;
  } catch {
    return false;
  }
}

/** One file: a diff where there are two sides, else the only one there is. */
export async function openDiff({ file, before, after }: FileDiff, label: string): Promise<void> {
  const name = path.basename(file.path);
  if (before && after) await vscode.commands.executeCommand('vscode.diff', before, after, `${name} (${label})`);
  else if (after)
    await vscode.commands.executeCommand('vscode.open', after, { preview: true }, `${name} (${t('new')})`);
  else if (before) {
    await vscode.commands.executeCommand('vscode.open', before, { preview: true }, `${name} (${t('deleted')})`);
  }
}

const icons = { added: 'diff-added', modified: 'diff-modified', deleted: 'diff-removed' } as const;

/** A list from which one file after the other can be opened. */
export async function pickDiffs(title: string, label: string, diffs: readonly FileDiff[]): Promise<void> {
  const words = { added: t('new'), modified: t('changed'), deleted: t('deleted') } as const;
  const items = diffs.map((diff) => {
    const { path: file, status, added, deleted } = diff.file;
    const counts = added === null || deleted === null ? t('binary') : `+${added} −${deleted}`;
    return { label: `$(${icons[status]}) ${plainLabel(file)}`, description: `${words[status]}, ${counts}`, diff };
  });
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: t('Open which file?') });
  if (picked) await openDiff(picked.diff, label);
}
