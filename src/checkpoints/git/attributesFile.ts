import type { RawPath } from './git.ts';

export const attributesFile = '.gitattributes';
const anywhere = /(?:^|\/)\.gitattributes$/;

export function isAttributesFile(path: RawPath): boolean {
  return anywhere.test(path);
}
