import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { ComparedSide } from '../../checkpoints/view/comparison.ts';
import { checkpointScheme } from './checkpointFiles.ts';
import { failureWords } from '../failureWords.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { pickFolder } from './pickFolder.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** What an address says beside its path, which is there for titles, icons and languages only. Anybody can make one up. */
const addressSchema = v.object({
  root: v.string(),
  /** relative to the repository's top folder */
  file: v.string(),
  checkpoint: v.nullable(v.string()),
  tree: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)),
});
type Address = v.InferOutput<typeof addressSchema>;

/** The address of a file as one side of a comparison holds it. */
export function checkpointFileUri(folder: FolderCheckpoints, side: ComparedSide, file: string): vscode.Uri {
  const { checkpoint, tree } = side;
  const address: Address = { root: folder.root, file, checkpoint, tree };
  const place = vscode.Uri.file(path.join(folder.repositoryTop ?? folder.root, file));
  return place.with({ scheme: checkpointScheme, query: JSON.stringify(address) });
}

/** The bytes at an address of ours; throws FileSystemError where there are none. */
export async function readCheckpointFile(folders: WorkspaceFolders, uri: vscode.Uri): Promise<Uint8Array> {
  const { FileSystemError } = vscode;
  const parsed = v.safeParse(addressSchema, parseJson(uri.query));
  if (!parsed.success) throw FileSystemError.FileNotFound(t('This is not the address of a file in a checkpoint.'));
  const { root, file, checkpoint, tree } = parsed.output;
  const folder = await pickFolder(folders, root);
  if (!folder) throw FileSystemError.FileNotFound(t('The folder {0} is not open.', root));
  const read = await folder.inBackground((checkpoints) =>
    checkpoint === null ? checkpoints.view.fileIn(tree, file) : checkpoints.view.fileAt(checkpoint, file),
  );
  if (read.ok && read.value) return read.value;
  if (read.ok) throw FileSystemError.FileNotFound(t('{0} is not in this checkpoint.', file));
  if (read.failure.reason === 'not-found') {
    throw FileSystemError.FileNotFound(t('This checkpoint has been deleted, so {0} cannot be shown.', file));
  }
  throw FileSystemError.Unavailable(failureWords(read.failure));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
