import { randomBytes } from 'node:crypto';
import { mayHaveAttributes } from './attributeFiles.ts';
import { lastValue, readConfiguration } from '../git/configuration.ts';
import { GitError, records, type Oid, type RawPath } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';

/** What git's attributes say of one file, as `check-attr` prints it: "unspecified", "unset", "set", or a value. */
export type Attributes = ReadonlyMap<string, string>;

const attributeNames = ['text', 'crlf', 'eol', 'ident', 'filter', 'working-tree-encoding'] as const;

/** The filter whose blobs are pointers: the content is kept elsewhere, and is not ours to keep a second time. */
export const lfsFilter = 'lfs';

/** As git reads a setting that is true or false, or has a word of its own ("input"); '' where it is not set. */
export function isOn(setting: string): boolean {
  return !/^(?:|false|no|off|0)$/i.test(setting);
}

/** Whether git may write the file otherwise than its blob is, or has made a blob that is not the file. */
export function mayConvert(attributes: Attributes, autocrlf: string): boolean {
  const value = (name: (typeof attributeNames)[number]): string => attributes.get(name) ?? 'unspecified';
  const isGiven = (name: (typeof attributeNames)[number]): boolean => !/^(?:unspecified|unset)$/.test(value(name));
  if (isGiven('filter')) return value('filter') !== lfsFilter;
  if (isGiven('ident') || isGiven('working-tree-encoding')) return true;
  // `crlf` is what `text` was called until git 1.7.2.
  const text = value('text') === 'unspecified' ? value('crlf') : value('text');
  if (text === 'unset') return false;
  return text !== 'unspecified' || isGiven('eol') || isOn(autocrlf);
}

/** What git does to some files between the disk and their blobs. */
export interface Conversions {
  /** those that it may convert, each with its filter ("unspecified" for none); not what Git LFS keeps */
  readonly convertible: ReadonlyMap<RawPath, string>;
  /** those whose blob is the file as it is */
  readonly plain: ReadonlySet<RawPath>;
}

/**
 * What git's attributes and settings mean for some files.
 * @param options `onDisk`: what `areOnDisk` says; then git need not be asked where there is no file with attributes
 */
export async function conversionsOf(
  repository: Repository,
  paths: readonly RawPath[],
  options: { readonly onDisk?: boolean } = {},
): Promise<Conversions> {
  if (paths.length === 0) return { convertible: new Map(), plain: new Set() };
  const configuration = await readConfiguration(repository);
  const autocrlf = lastValue(configuration, 'core.autocrlf') ?? '';
  const isAsked = options.onDisk !== true || mayHaveAttributes(repository, paths, configuration);
  const attributes = isAsked ? await readAttributes(repository, paths) : new Map<RawPath, Attributes>();
  const convertible = new Map<RawPath, string>();
  const plain = new Set<RawPath>();
  for (const path of paths) {
    const found = attributes.get(path) ?? nothingGiven;
    const filter = found.get('filter') ?? 'unspecified';
    if (mayConvert(found, autocrlf)) convertible.set(path, filter);
    else if (filter !== lfsFilter) plain.add(path);
  }
  return { convertible, plain };
}

/** Those of some files that git may convert, each with its filter. */
export async function convertibleFiles(
  repository: Repository,
  paths: readonly RawPath[],
  options: { readonly onDisk?: boolean } = {},
): Promise<ReadonlyMap<RawPath, string>> {
  return (await conversionsOf(repository, paths, options)).convertible;
}

const nothingGiven: Attributes = new Map();

/** What git's attributes say of these files: a process, and some milliseconds for each thousand. */
export async function readAttributes(
  { git }: Pick<Repository, 'git'>,
  paths: readonly RawPath[],
): Promise<ReadonlyMap<RawPath, Attributes>> {
  if (paths.length === 0) return new Map();
  return parseAttributes(await git.text(['check-attr', '-z', '--stdin', ...attributeNames], { input: records(paths) }));
}

/** Parses `check-attr -z`: path, attribute, value, each ended by NUL. */
export function parseAttributes(text: string): ReadonlyMap<RawPath, Attributes> {
  const fields = text.split('\0');
  const result = new Map<RawPath, Map<string, string>>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', name = '', value = ''] = fields.slice(at, at + 3);
    const known = result.get(path) ?? new Map<string, string>();
    result.set(path, known.set(name, value));
  }
  return result;
}

export interface NamedBlob {
  readonly path: RawPath;
  readonly oid: Oid;
  /** about how much git will print, to keep what is read at once bounded */
  readonly bytes: number;
}

const bytesAtOnce = 64_000_000;

/**
 * Blobs as git would write them into the working folder, or (`isRaw`) as they are, handed over one by one. Throws GitError
 * where a blob is missing, or a filter fails that is required.
 */
export async function eachContent<Blob extends NamedBlob>(
  { git }: Repository,
  blobs: readonly Blob[],
  isRaw: boolean,
  use: (blob: Blob, content: Buffer) => void | Promise<void>,
): Promise<void> {
  for (let from = 0; from < blobs.length;) {
    let to = from;
    for (let bytes = 0; to < blobs.length && (to === from || bytes < bytesAtOnce); to++) bytes += blobs[to]?.bytes ?? 0;
    const batch = blobs.slice(from, to);
    from = to;
    // The size that git prints is that of the blob, not that of what it makes of it: only words nobody can have in a file part them.
    const mark = randomBytes(16).toString('hex');
    const output = await git.run(['cat-file', `--batch=${mark} %(objectname)`, '-z', ...(isRaw ? [] : ['--filters'])], {
      input: records(batch.map(({ path, oid }) => (isRaw ? oid : `${oid} ${path}`))),
    });
    let at = 0;
    for (const blob of batch) {
      const header = Buffer.from(`${mark} ${blob.oid}\n`);
      const start = at + header.length;
      if (!output.subarray(at, start).equals(header)) throw new GitError(['cat-file'], 0, `no blob ${blob.oid}`);
      const next = output.indexOf(`\n${mark} `, start);
      const end = next < 0 ? output.length - 1 : next;
      await use(blob, output.subarray(start, end));
      at = end + 1;
    }
  }
}
