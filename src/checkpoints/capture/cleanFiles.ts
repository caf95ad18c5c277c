import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import type { Oid, RawPath } from '../git/git.ts';
import { indexEntries, type IndexEntry } from '../git/indexEntries.ts';
import { missingObjects } from '../git/objects.ts';
import { userIndexStamp } from '../git/privateIndex.ts';
import type { Repository } from '../git/repository.ts';
import { readAttributes, type Attributes } from './conversion.ts';
import { conversionRules, writingOf, type ConversionRules } from './conversionRules.ts';
import { captureRaw, rawBytesOf, stampFiles, withinLimit, type RawBytes } from './rawBytes.ts';
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
type Looked = v.InferOutput<typeof lookedSchema>;

const memorySchema = v.object({
  v: v.literal(1),
  indexStamp: v.string(),
  rules: v.string(),
  looked: v.array(lookedSchema),
  /** whether nothing is left to be looked at */
  isWhole: v.boolean(),
});

/** Of one look: the rest waits for the next. What is larger than that is no text. */
const mostBytes = 64_000_000;
const mostFiles = 2000;
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
  const { looked, isWhole, isTorn } = await look(repository, rules, named, isOfRules ? known.looked : []);
  // Those that are changed now were not looked at; once they are committed the index is another.
  if (!isTorn && userIndexStamp(repository) === indexStamp) {
    const memory = { v: 1, indexStamp, rules: rules.stamp, looked, isWhole };
    await writeFileAtomic(file, JSON.stringify(memory), 0o600, { isExpendable: true });
  }
  return looked;
}

async function look(
  repository: Repository,
  rules: ConversionRules,
  named: ReadonlySet<RawPath>,
  before: readonly Looked[],
): Promise<{ readonly looked: readonly Looked[]; readonly isWhole: boolean; readonly isTorn: boolean }> {
  const candidates = await candidatesAmong(repository, rules, named);
  const known = new Map(before.map((one) => [`${one[0]}\0${one[1]}`, one]));
  const again = candidates
    .map((entry) => known.get(`${entry.path}\0${seenOf(entry)}`))
    .filter((one) => one !== undefined);
  const isAgain = new Set(again.map(([file]) => file));
  const fresh = candidates
    .filter((entry) => !isAgain.has(entry.path))
    .map((entry) => ({ ...entry, bytes: entry.size }));
  const kept = withinLimit(fresh, mostBytes).kept.slice(0, mostFiles);
  const oids = new Map(kept.map(({ path: file, oid }) => [file, oid]));
  const { raw, isTorn } = await captureRaw(repository, {
    stamps: stampFiles(repository, oids.keys()),
    convertible: new Map([...oids.keys()].map((file) => [file, 'unspecified'])),
    oidsOf: () => Promise.resolve(oids),
  });
  const looked = kept.map((entry): Looked => [entry.path, seenOf(entry), raw?.files.get(entry.path) ?? null]);
  const all = [...again, ...looked];
  return { looked: all, isWhole: kept.length === fresh.length || isTooMany(all), isTorn };
}

/** Another one for another blob, and for a file that was written since. */
function seenOf({ oid, size, seconds, nanoseconds }: IndexEntry): string {
  return `${oid} ${size} ${seconds}.${nanoseconds}`;
}

/** The clean files that could be other bytes than git would write, by their sizes. */
async function candidatesAmong(
  { git }: Repository,
  rules: ConversionRules,
  named: ReadonlySet<RawPath>,
): Promise<readonly IndexEntry[]> {
  const isMeant = ({ path: file, mode, stage, size }: IndexEntry): boolean =>
    stage === '0' && mode.startsWith('100') && size > 0 && size <= mostBytes && !named.has(file);
  const entries = (await indexEntries(git)).filter(isMeant);
  const sizes = await blobSizes(git, entries);
  const isBlob = (at: number): boolean => entries[at]?.size === sizes[at];
  // Mostly all files are their blobs, and nothing says that git would write them otherwise: then nothing need be asked of these.
  const asked = entries.filter((_, at) => rules.mayChangeBlobs || !isBlob(at));
  const isItsBlob = new Map(entries.map(({ path: file }, at) => [file, isBlob(at)]));
  const paths = asked.map((entry) => entry.path);
  const attributes = rules.hasAttributes ? await readAttributes({ git }, paths) : new Map<RawPath, Attributes>();
  return asked.filter(({ path: file }) => {
    const writing = writingOf(attributes.get(file), rules);
    if (writing === null) return false;
    return writing === 'other' || (writing === 'CRLF') === isItsBlob.get(file);
  });
}

/** NaN for a blob that is not there. */
async function blobSizes(
  git: Repository['git'],
  entries: readonly { readonly oid: Oid }[],
): Promise<readonly number[]> {
  if (entries.length === 0) return [];
  const input = entries.map(({ oid }) => `${oid}\n`).join('');
  const output = await git.text(['cat-file', '--batch-check=%(objectsize)', '--buffer'], { input });
  return output.split('\n').map((line) => (/^\d+$/.test(line) ? Number(line) : NaN));
}
