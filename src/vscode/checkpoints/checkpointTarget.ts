import * as v from 'valibot';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';
import { pickCheckpoint } from './pickCheckpoint.ts';
import { pickFolder } from './pickFolder.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

/** What a command is asked to work on; what is missing, the user is asked for. */
export interface TargetArguments {
  readonly root?: string | undefined;
  readonly id?: string | undefined;
}

/** What the panel's rows say of themselves (`data-vscode-context`), which VS Code hands to the commands of their menu. */
const rowContext = v.object({ checkpointRoot: v.string(), checkpointId: v.string() });
const text = v.fallback(v.optional(v.string()), undefined);

/** Any extension can run our commands with anything; whatever makes no sense counts as missing. */
export function parseTarget(first: unknown, second: unknown): TargetArguments {
  const row = v.safeParse(rowContext, first);
  if (row.success) return { root: row.output.checkpointRoot, id: row.output.checkpointId };
  return { root: v.parse(text, first), id: v.parse(text, second) };
}

export interface CheckpointTarget {
  readonly folder: FolderCheckpoints;
  readonly id: string;
}

/** The folder and checkpoint that a command is for, asking for what it was not told; undefined: the user left. */
export async function chooseTarget(
  folders: WorkspaceFolders,
  { root, id }: TargetArguments,
  placeHolder: string,
  isOffered: (checkpoint: CheckpointSummary) => boolean = () => true,
): Promise<CheckpointTarget | undefined> {
  const folder = await pickFolder(folders, root);
  const chosen = folder && (id ?? (await pickCheckpoint(folder, placeHolder, isOffered)));
  return folder && chosen !== undefined ? { folder, id: chosen } : undefined;
}
