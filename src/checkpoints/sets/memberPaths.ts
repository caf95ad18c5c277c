import { displayPath, type RawPath } from '../git/git.ts';

/** What is to be done inside a member when these paths are meant; null: nothing; an empty list: everything. */
export function pathsInside(paths: readonly string[], member: RawPath): readonly string[] | null {
  const wanted = paths.map((one) => one.replace(/\/+$/, ''));
  const own = displayPath(member);
  const isWhole = wanted.some((want) => want === '' || want === own || own.startsWith(`${want}/`));
  if (wanted.length === 0 || isWhole) return [];
  const inside = wanted.filter((want) => want.startsWith(`${own}/`)).map((want) => want.slice(own.length + 1));
  return inside.length === 0 ? null : inside;
}
