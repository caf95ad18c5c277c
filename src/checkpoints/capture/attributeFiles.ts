import { lstatSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { attributesFile, isAttributesFile } from '../git/attributesFile.ts';
import { lastValue, type Configuration } from '../git/configuration.ts';
import type { RawPath } from '../git/git.ts';
import { hasHiddenFiles, type HiddenFlags } from '../git/hiddenFlags.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import type { Status } from '../git/status.ts';

/** Whether every `.gitattributes` of the index is on disk too: from the index git takes those that are not. */
export function areOnDisk({ entries, unmerged }: Status, flags: HiddenFlags): boolean {
  if (hasHiddenFiles(flags) || flags.sparse.length > 0) return false;
  const isLost = entries.some(({ path: file, unstaged }) => unstaged === 'D' && isAttributesFile(file));
  return !isLost && !unmerged.some(({ path: file }) => isAttributesFile(file));
}

/**
 * Whether there is a file from which git could have attributes for one of these paths; true wherever that is not certain.
 * Some `lstat`s, where `check-attr` is a process. Only for those to whom `areOnDisk` has said yes.
 */
export function mayHaveAttributes(
  repository: Repository,
  paths: readonly RawPath[],
  configuration: Configuration,
): boolean {
  if (!knowsAllPlaces) return true;
  const isMoved = ['core.attributesfile', 'attr.tree'].some((key) => lastValue(configuration, key) !== null);
  return (
    isMoved ||
    attributePlaces(repository, configuration).some(exists) ||
    foldersOf(paths).some((folder) => lstatOrNull(repository, `${folder}${attributesFile}`) !== null)
  );
}

/** Where other systems' gits keep the attributes of the machine is not known well enough. */
export const knowsAllPlaces = process.platform === 'linux';

/** Files with attributes that are not in the working tree, there or not: the machine's, the user's, the repository's. */
export function attributePlaces({ gitDir, commonDir }: Repository, configuration: Configuration): readonly string[] {
  const { execPath } = configuration;
  const own = lastValue(configuration, 'core.attributesfile');
  // A git in /usr has its settings in /etc, one elsewhere (/usr/local, /opt/git) in an etc of its own.
  const prefix = execPath.replace(/\/(?:lib|libexec)[^/]*\/(?:.*\/)?git-core$/, '');
  const config = process.env['XDG_CONFIG_HOME'] ?? '';
  return [
    ...(own === null ? [] : [own.startsWith('~/') ? path.join(os.homedir(), own.slice(2)) : own]),
    '/etc/gitattributes',
    path.join(prefix, 'etc', 'gitattributes'),
    path.join(config === '' ? path.join(os.homedir(), '.config') : config, 'git', 'attributes'),
    path.join(gitDir, 'info', 'attributes'),
    path.join(commonDir, 'info', 'attributes'),
  ];
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Every folder that holds one of the paths, the top one included, each with its `/`. */
function foldersOf(paths: readonly RawPath[]): readonly string[] {
  const folders = new Set(['']);
  for (const file of paths) {
    for (let end = file.lastIndexOf('/'); end >= 0; end = file.lastIndexOf('/', end - 1)) {
      const folder = file.slice(0, end + 1);
      if (folders.has(folder)) break;
      folders.add(folder);
      if (end === 0) break;
    }
  }
  return [...folders];
}
