import { lstatSync, readFileSync } from 'node:fs';
import { isAttributesFile } from '../git/attributesFile.ts';
import { lastValue, readConfiguration } from '../git/configuration.ts';
import type { Repository } from '../git/repository.ts';
import { attributePlaces, knowsAllPlaces } from './attributeFiles.ts';
import { isOn, mayConvert, type Attributes } from './conversion.ts';
import type { Survey } from './survey.ts';

/** What decides what git writes for a file that nobody has changed. */
export interface ConversionRules {
  /** `core.autocrlf`, '' where it is not set */
  readonly autocrlf: string;
  /** `core.eol`, '' where it is not set */
  readonly eol: string;
  /** whether git can have attributes of any file */
  readonly hasAttributes: boolean;
  /** whether git may write a blob otherwise than it is: where it only takes line ends away when it reads, a file like its blob stays */
  readonly mayChangeBlobs: boolean;
  /** another one for other rules */
  readonly stamp: string;
}

/** Beside `eol=crlf`, what makes of a blob something else than the file that it was made of. */
const changing = /eol=crlf|\bident\b|working-tree-encoding/;

/** The rules of this repository; null where git writes every blob as it is, and takes every file as it is. */
export async function conversionRules(repository: Repository, survey: Survey): Promise<ConversionRules | null> {
  const configuration = await readConfiguration(repository);
  const autocrlf = lastValue(configuration, 'core.autocrlf') ?? '';
  const eol = lastValue(configuration, 'core.eol') ?? '';
  const { status, attributeFiles } = survey;
  // Those that are changed or new count as they are, and are not what the index's stamp stands for.
  const changed = [...status.entries.map((entry) => entry.path), ...status.untracked].filter(isAttributesFile);
  const inside = [...new Set([...attributeFiles, ...changed])].map((file) => repository.absolute(file));
  const outside = attributePlaces(repository, configuration);
  const isMoved = lastValue(configuration, 'attr.tree') !== null;
  const hasAttributes = isMoved || !knowsAllPlaces || inside.length > 0 || outside.some((file) => stampOf(file) !== '');
  if (!hasAttributes && !mayConvert(new Map(), autocrlf)) return null;
  return {
    autocrlf,
    eol,
    hasAttributes,
    mayChangeBlobs:
      isCrlfUsual({ autocrlf, eol }) || isMoved || [...inside, ...outside].some((file) => changing.test(textOf(file))),
    stamp: JSON.stringify([
      autocrlf,
      eol,
      isMoved,
      outside.map(stampOf),
      changed.map((file) => [file, stampOf(repository.absolute(file))]),
    ]),
  };
}

/** Whether a text has CRLF on disk of which no attribute says it (`text_eol_is_crlf` of git). */
function isCrlfUsual({ autocrlf, eol }: Pick<ConversionRules, 'autocrlf' | 'eol'>): boolean {
  if (isOn(autocrlf)) return !/^input$/i.test(autocrlf);
  return /^crlf$/i.test(eol) || (!/^lf$/i.test(eol) && process.platform === 'win32');
}

/**
 * How git would write a file's blob: with these line ends, or in another way altogether; null: as it is, or by a filter program (`convert.c`
 * of git: attributes first, then `core.autocrlf`, then `core.eol`, then what the system has).
 */
export function writingOf(
  attributes: Attributes = new Map(),
  settings: Pick<ConversionRules, 'autocrlf' | 'eol'>,
): 'LF' | 'CRLF' | 'other' | null {
  const isGiven = (name: string): boolean => !/^(?:unspecified|unset)$/.test(attributes.get(name) ?? 'unspecified');
  if (isGiven('filter') || !mayConvert(attributes, settings.autocrlf)) return null;
  if (isGiven('ident') || isGiven('working-tree-encoding')) return 'other';
  const own = attributes.get('eol');
  if (own === 'crlf' || own === 'lf') return own === 'crlf' ? 'CRLF' : 'LF';
  return isCrlfUsual(settings) ? 'CRLF' : 'LF';
}

function stampOf(file: string | Buffer): string {
  const info = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return info ? `${info.ino}:${info.mtimeNs}:${info.size}` : '';
}

function textOf(file: string | Buffer): string {
  try {
    // A pipe in such a place would hold up everything, and through a link git does not look.
    return lstatSync(file).isFile() ? readFileSync(file, 'latin1') : '';
  } catch {
    // Not there, or not to be read: then git reads nothing of it either.
    return '';
  }
}
