import { readdirSync, statSync } from 'node:fs';
import { errorCode } from '../store/errno.ts';

export type FolderState = 'absent' | 'readable' | 'unreadable' | 'not-a-folder';

/** Whether a folder is there and can be looked into. Links are followed; a link to nothing is absent. */
export function folderState(folder: string): FolderState {
  try {
    if (!statSync(folder).isDirectory()) return 'not-a-folder';
    readdirSync(folder);
    return 'readable';
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'absent' : 'unreadable';
  }
}
