import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { StoredCheckpoint } from './record/checkpointRecord.ts';
import { CheckpointError } from './failure.ts';
import { rawPath } from './git/git.ts';
import { pathSelector } from './restore/restorePlan.ts';

/** What of a repository is meant: these paths, or else the folder that was opened, unless the whole is asked for. */
export interface Selection {
  /** relative to the repository's top folder; a file, or everything below a folder */
  readonly paths?: readonly string[];
  /** everything, though only a folder inside the repository was opened */
  readonly whole?: boolean;
}

/** Where a folder lies below its repository's top folder, with slashes; "" for the top itself. */
export function scopeOf(top: string, dir: string): string {
  const relative = path.relative(realpathSync(top), realpathSync(dir));
  return relative.split(path.sep).join('/');
}

/** The paths that a selection means; none: everything. */
export function selectedPaths({ paths = [], whole = false }: Selection, scope: string): readonly string[] {
  return paths.length > 0 || whole || scope === '' ? paths : [scope];
}

/** Of a checkpoint that holds one folder only (its scope) nothing else can be taken, and the absence of all else means nothing. */
export function pathsWithin({ record: { scope, id } }: StoredCheckpoint, paths: readonly string[]): readonly string[] {
  if (scope === undefined) return paths;
  const isInside = pathSelector([scope]);
  if (!paths.every((one) => isInside(rawPath(one.replace(/\/+$/, ''))))) {
    throw new CheckpointError('bad-path', 'Checkpoint {0} holds only {1}. Nothing was changed.', [id, scope]);
  }
  return paths.length === 0 ? [scope] : paths;
}
