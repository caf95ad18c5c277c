import type { Oid, RawPath } from '../git/git.ts';
import { indexEntries, type IndexEntry } from '../git/indexEntries.ts';
import type { Repository } from '../git/repository.ts';
import type { Looked } from './cleanFiles.ts';
import { readAttributes, type Attributes } from './conversion.ts';
import { writingOf, type ConversionRules } from './conversionRules.ts';
import { captureRaw, stampFiles, withinLimit } from './rawBytes.ts';

/** Of one look: the rest waits for the next. What is larger than that is no text. */
const mostBytes = 64_000_000;
const mostFiles = 2000;

/**
 * Looks at those of the clean files that could be exceptions. What is known from `before` of a file that is changed just now stays known:
 * it holds again once that change is taken back.
 * @param named those that are not clean
 */
export async function lookAtCleanFiles(
  repository: Repository,
  rules: ConversionRules,
  named: ReadonlySet<RawPath>,
  before: readonly Looked[],
): Promise<{ readonly looked: readonly Looked[]; readonly isLeft: boolean; readonly isTorn: boolean }> {
  const candidates = await candidatesAmong(repository, rules);
  const known = new Map(before.map((one) => [`${one[0]}\0${one[1]}`, one]));
  const again = candidates
    .map((entry) => known.get(`${entry.path}\0${seenOf(entry)}`))
    .filter((one) => one !== undefined);
  const isAgain = new Set(again.map(([file]) => file));
  const fresh = candidates
    .filter((entry) => !isAgain.has(entry.path) && !named.has(entry.path))
    .map((entry) => ({ ...entry, bytes: entry.size }));
  const kept = withinLimit(fresh, mostBytes).kept.slice(0, mostFiles);
  const oids = new Map(kept.map(({ path: file, oid }) => [file, oid]));
  const { raw, isTorn } = await captureRaw(repository, {
    stamps: stampFiles(repository, oids.keys()),
    convertible: new Map([...oids.keys()].map((file) => [file, 'unspecified'])),
    oidsOf: () => Promise.resolve(oids),
  });
  const looked = kept.map((entry): Looked => [entry.path, seenOf(entry), raw?.files.get(entry.path) ?? null]);
  return { looked: [...again, ...looked], isLeft: kept.length < fresh.length, isTorn };
}

/** Another one for another blob, and for a file that was written since. */
function seenOf({ oid, size, seconds, nanoseconds }: IndexEntry): string {
  return `${oid} ${size} ${seconds}.${nanoseconds}`;
}

/** The clean files that could be other bytes than git would write, by their sizes. */
async function candidatesAmong({ git }: Repository, rules: ConversionRules): Promise<readonly IndexEntry[]> {
  const isMeant = ({ mode, stage, size }: IndexEntry): boolean =>
    stage === '0' && mode.startsWith('100') && size > 0 && size <= mostBytes;
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
