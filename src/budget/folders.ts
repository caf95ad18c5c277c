/**
 * Is `path` the folder or below it? Both absolute; of either kind of platform, because sessions of a Windows host can be looked at
 * from elsewhere.
 */
export function isInside(path: string, folder: string): boolean {
  const inner = comparable(path);
  const outer = comparable(folder);
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

function comparable(path: string): string {
  const isWindows = /^(?:[A-Za-z]:|\\\\)/.test(path);
  // Windows compares names without regard to case.
  const uniform = isWindows ? path.replaceAll('\\', '/').toLowerCase() : path;
  return uniform.length > 1 ? uniform.replace(/\/+$/, '') || '/' : uniform;
}
