import path from 'node:path';

/**
 * Whether `file` is the folder or below it. Both absolute; of either kind of platform, because sessions of a Windows host can be looked
 * at from elsewhere. Links are not followed.
 */
export function isInside(file: string, folder: string): boolean {
  const style = /^(?:[A-Za-z]:|\\\\)/.test(folder) ? path.win32 : path.posix;
  if (!style.isAbsolute(file)) return false;
  const relative = style.relative(folder, file);
  const isOutside = relative === '..' || relative.startsWith(`..${style.sep}`);
  // To another drive there is no relative path.
  return !isOutside && !style.isAbsolute(relative);
}
