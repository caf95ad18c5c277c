import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import { attributesFile, isAttributesFile } from './attributesFile.ts';
import { records, splitRecords, type Git, type RawPath } from './git.ts';
import type { PrivateIndex } from './privateIndex.ts';
import { lstatOrNull, type Repository } from './repository.ts';

/** Index flags that make git look away from a file, so that `status` says nothing of its changes. */
export interface HiddenFlags {
  readonly assumeUnchanged: readonly RawPath[];
  /** skip-worktree on a file that is there all the same: its content is the user's and must be saved */
  readonly skipWorktree: readonly RawPath[];
  /** skip-worktree on a file that is not there (sparse checkout): it must stay absent */
  readonly sparse: readonly RawPath[];
}

const listingSchema = v.object({
  v: v.literal(2),
  indexStamp: v.string(),
  assumeUnchanged: v.array(v.string()),
  skipWorktree: v.array(v.string()),
  attributeFiles: v.array(v.string()),
});
type Listing = Pick<v.InferOutput<typeof listingSchema>, 'assumeUnchanged' | 'skipWorktree' | 'attributeFiles'>;

/** What one listing of the index tells. */
export interface IndexListing {
  readonly flags: HiddenFlags;
  /** every `.gitattributes` that it holds */
  readonly attributeFiles: readonly RawPath[];
}

/** A sparse checkout can have as many as files: then reading them from git is no slower than from us. */
const mostRemembered = 1000;

/**
 * The flags of the user's index, and where attributes are. Reading them means listing every file, and they change only with the index: so
 * they are remembered beside its stamp.
 */
export async function readIndexListing(repository: Repository, indexStamp: string): Promise<IndexListing> {
  const file = path.join(repository.privateDir, 'flags.json');
  const known = await readJsonFile(file, listingSchema);
  const listing = known?.indexStamp === indexStamp ? known : await listIndex(repository);
  const { assumeUnchanged, skipWorktree, attributeFiles } = listing;
  if (listing !== known && skipWorktree.length + assumeUnchanged.length + attributeFiles.length < mostRemembered) {
    await writeFileAtomic(file, JSON.stringify({ v: 2, indexStamp, ...listing }), 0o600, { isExpendable: true });
  }
  // Whether such a file is there is the disk's business, not the index's: looked up each time.
  const isThere = (raw: RawPath): boolean => lstatOrNull(repository, raw) !== null;
  const flags = {
    assumeUnchanged,
    skipWorktree: skipWorktree.filter(isThere),
    sparse: skipWorktree.filter((raw) => !isThere(raw)),
  };
  return { flags, attributeFiles };
}

async function listIndex(repository: Repository): Promise<Listing> {
  const attributeFiles: RawPath[] = [];
  const assumeUnchanged: RawPath[] = [];
  const skipWorktree: RawPath[] = [];
  // `ls-files -v`: a lower-case letter is assume-unchanged, S (or s) is skip-worktree.
  for (const line of splitRecords(await repository.git.text(['ls-files', '-v', '-z']))) {
    const letter = line.charAt(0);
    if (line.endsWith(attributesFile) && isAttributesFile(line.slice(2))) attributeFiles.push(line.slice(2));
    if (letter >= 'a' && letter <= 'z') assumeUnchanged.push(line.slice(2));
    if (letter === 'S' || letter === 's') skipWorktree.push(line.slice(2));
  }
  return { assumeUnchanged, skipWorktree, attributeFiles };
}

async function setFlag(git: Git, index: PrivateIndex, option: string, paths: readonly RawPath[]): Promise<void> {
  if (paths.length === 0) return;
  await git.run(['update-index', '-z', option, '--stdin'], { index: index.file, input: records(paths) });
}

/** Makes git look at every file that is there. */
export async function clearHiddenFlags(repository: Repository, index: PrivateIndex, flags: HiddenFlags): Promise<void> {
  await setFlag(repository.git, index, '--no-assume-unchanged', flags.assumeUnchanged);
  await setFlag(repository.git, index, '--no-skip-worktree', flags.skipWorktree);
}

/** Puts the flags back on whatever of those paths the index still has. */
export async function applyHiddenFlags(repository: Repository, index: PrivateIndex, flags: HiddenFlags): Promise<void> {
  const skipped = [...flags.skipWorktree, ...flags.sparse];
  if (flags.assumeUnchanged.length + skipped.length === 0) return;
  const present = new Set(splitRecords(await repository.git.text(['ls-files', '-z'], { index: index.file })));
  const there = (path: RawPath): boolean => present.has(path);
  await setFlag(repository.git, index, '--assume-unchanged', flags.assumeUnchanged.filter(there));
  await setFlag(repository.git, index, '--skip-worktree', skipped.filter(there));
}

export function hasHiddenFiles(flags: HiddenFlags): boolean {
  return flags.assumeUnchanged.length + flags.skipWorktree.length > 0;
}
