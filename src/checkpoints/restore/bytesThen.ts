import { areOnDisk } from '../capture/attributeFiles.ts';
import { convertibleFiles } from '../capture/conversion.ts';
import { hashFile, readRawTree, stampFiles } from '../capture/rawBytes.ts';
import type { Snapshot } from '../capture/snapshot.ts';
import { isAttributesFile } from '../git/attributesFile.ts';
import type { Change } from '../git/changes.ts';
import type { Oid, RawPath } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import type { StoredCheckpoint } from '../record/checkpointRecord.ts';

/**
 * Files of a checkpoint whose bytes git will not give back by writing their blobs, and the blobs that are these bytes.
 *
 * Where it was made before there was a repository, every blob is its file byte by byte, and a repository that converts line ends or
 * encodings would make something else of it: then they are all those that it may convert and that are not on disk as they were. Finding
 * them means to read these files, for which a reset to such a checkpoint is rare enough.
 */
export async function bytesThen(
  repository: Repository,
  { record, tree }: StoredCheckpoint,
  { survey, flags }: Snapshot,
  changes: readonly Change[],
): Promise<ReadonlyMap<RawPath, Oid>> {
  if (record.outsideGit !== true || repository.store?.kind === 'folder') return readRawTree(repository, record.raw);
  const files = await readRawTree(repository, tree);
  const isConverted = await convertibleFiles(repository, [...files.keys()], {
    onDisk: areOnDisk(survey.status, flags),
  });
  // With other attributes all that git is about to write may be converted.
  const hasOtherRules = changes.some(({ path }) => isAttributesFile(path));
  const written = new Set(hasOtherRules ? changes.map(({ path }) => path) : []);
  const asked = [...files].filter(([path]) => isConverted.has(path) || written.has(path));
  const stamps = stampFiles(
    repository,
    asked.map(([path]) => path),
  );
  return new Map(
    asked.filter(([path, oid]) => {
      const info = stamps.get(path);
      return info === undefined || hashFile(repository, path, info) !== oid;
    }),
  );
}
