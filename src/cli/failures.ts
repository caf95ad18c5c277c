import { statSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../protocol/result.ts';
import { errorCode } from '../store/errno.ts';
import { CommandError } from './command.ts';

/** The value, or the domain's failure as the CLI reports it (exit 1, reason and message). */
export function unwrap<Value>(result: Result<Value, { readonly reason: string; readonly message: string }>): Value {
  if (result.ok) return result.value;
  throw new CommandError(result.failure.reason, result.failure.message);
}

/** What the system said where the place of the state folder is taken by something else, in words; any other error as it is. */
export function explained(error: unknown, stateFolder: string): unknown {
  const code = errorCode(error);
  if (code !== 'ENOTDIR' && code !== 'EEXIST') return error;
  const blocking = fileOnTheWay(stateFolder);
  if (blocking === null) return error;
  return new CommandError(
    'state-folder',
    `${blocking} is a file, and Soft Landing keeps its state in ${stateFolder}: move the file away, or name another folder in SOFT_LANDING_HOME.`,
  );
}

function fileOnTheWay(folder: string): string | null {
  for (let each = folder; path.dirname(each) !== each; each = path.dirname(each)) {
    try {
      return statSync(each).isDirectory() ? null : each;
    } catch {
      // Below a file there is nothing to look at.
    }
  }
  return null;
}
