import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import type { RawPath } from '../git/git.ts';
import { missingObjects } from '../git/objects.ts';
import { userIndexStamp } from '../git/privateIndex.ts';
import type { Repository } from '../git/repository.ts';
import { conversionRules, type ConversionRules } from './conversionRules.ts';
import { rawBytesOf, type RawBytes } from './rawBytes.ts';
import type { Survey } from './survey.ts';

/*
 * A file that git calls clean need not be what a checkout would write: committed with LF under `autocrlf=true`, with CRLF under
 * `text=auto`, with `$Id$` under `ident`. Once an agent has edited it, its bytes are nowhere, and a reset would bring those that git
 * makes of its blob. So they are kept with every checkpoint like those of changed files (rawBytes.ts).
 *
 * Reading every file for that takes longer than `git status` (20,000 files: 0.6 s warm, 1.8 s cold). The index tells enough without: where
 * a conversion only takes line ends away, a file of its blob's size is its blob, and one of another size is not. That costs a listing and
 * the blobs' sizes (20,000 files: 0.1 s), once for every index, and nothing at all where git converts nothing.
 *
 * Not found this way: mixed line ends where a checkout writes CRLF, and what filter programs make, which are not started for files that
 * nobody has changed.
 */

/** A file that was looked at: its name, what the index knew of it, and the blob of its bytes; null where git would give them back. */
const lookedSchema = v.tuple([v.string(), v.string(), v.nullable(v.string())]);
export type Looked = v.InferOutput<typeof lookedSchema>;

const memorySchema = v.object({
  v: v.literal(1),
  indexStamp: v.string(),
  rules: v.string(),
  looked: v.array(lookedSchema),
  /** whether nothing is left to be looked at */
  isWhole: v.boolean(),
});

/**
 * More of them are no exceptions: a whole repository has other line ends than its settings say, and its list would make every checkpoint
 * take several times as long. Then none is kept.
 */
const mostKept = 2000;

/** The bytes of clean files that git would not give back, in a tree of their own; null where there are none. */
export async function captureCleanFiles(repository: Repository, survey: Survey): Promise<RawBytes | null> {
  // Its index is ours, and its files were taken in as they are.
  if (repository.store?.kind === 'folder') return null;
  const rules = await conversionRules(repository, survey);
  if (rules === null) return null;
  const { entries, unmerged } = survey.status;
  const named = new Set([...entries, ...unmerged].map((entry) => entry.path));
  let looked = await lookedAt(repository, survey, rules, named);
  if (isTooMany(looked)) return null;
  // Only checkpoints hold them: with the last one that did, a prune can have taken them.
  if (await areGone(repository, looked)) looked = await lookedAt(repository, survey, rules, named, { anew: true });
  const files = looked.flatMap(([file, , raw]) => (raw === null || named.has(file) ? [] : [[file, raw] as const]));
  return rawBytesOf(repository, new Map(files));
}

function isTooMany(looked: readonly Looked[]): boolean {
  return looked.filter(([, , raw]) => raw !== null).length > mostKept;
}

/** Whether some of those are gone that are not their files' blobs, which the index names. */
function areGone(repository: Repository, looked: readonly Looked[]): Promise<boolean> {
  const ownBlobs = looked.flatMap(([, seen, raw]) => (raw === null || seen.startsWith(raw) ? [] : [raw]));
  return ownBlobs.length === 0
    ? Promise.resolve(false)
    : missingObjects(repository, ownBlobs).then((missing) => missing.length > 0);
}

async function lookedAt(
  repository: Repository,
  { indexStamp }: Survey,
  rules: ConversionRules,
  named: ReadonlySet<RawPath>,
  { anew }: { readonly anew: boolean } = { anew: false },
): Promise<readonly Looked[]> {
  const file = path.join(repository.privateDir, 'clean.json');
  const known = anew ? null : await readJsonFile(file, memorySchema);
  const isOfRules = known?.rules === rules.stamp;
  if (known !== null && isOfRules && known.indexStamp === indexStamp && known.isWhole) return known.looked;
  const { lookAtCleanFiles } = await import('../onDemand.ts');
  const { looked, isLeft, isTorn } = await lookAtCleanFiles(repository, rules, named, isOfRules ? known.looked : []);
  const isWhole = !isLeft || isTooMany(looked);
  // Files that are changed now were not looked at; once they are committed the index is another.
  if (!isTorn && userIndexStamp(repository) === indexStamp) {
    const memory = { v: 1, indexStamp, rules: rules.stamp, looked, isWhole };
    await writeFileAtomic(file, JSON.stringify(memory), 0o600, { isExpendable: true });
  }
  return looked;
}
