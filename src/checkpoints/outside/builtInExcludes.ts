/*
 * What checkpoints of a folder without git leave out, since nobody has written ignore rules for it: only what a program has put there
 * and puts there again when asked (dependencies, caches), and the data of other version controls, which a reset would take back in
 * time. Never anything that a person could have made: so no `build`, `dist`, `out`, `vendor`, `*.log` or `.env`.
 * Rules of the folder's own `.gitignore` files come on top, as git reads them.
 */

/** Folders of these names, wherever they are. */
const folderNames = [
  // dependencies
  'node_modules',
  'bower_components',
  'jspm_packages',
  '.pnpm-store',
  '.venv',
  'venv',
  '.eggs',
  // caches
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  '.cache',
  '.parcel-cache',
  '.turbo',
  '.next',
  '.nuxt',
  '.svelte-kit',
  '.gradle',
  '.dart_tool',
  '.terraform',
  '.stack-work',
  '.zig-cache',
  'elm-stuff',
  'DerivedData',
  // other version controls
  '.hg',
  '.svn',
  '.jj',
  '.bzr',
  '_darcs',
] as const;

/** `target` alone is a word that people use; what Cargo, Maven and sbt make in it is not. */
const folderPaths = ['target/debug', 'target/release', 'target/classes', 'target/test-classes', '.angular/cache'];

/** Whether the folder `name` inside of `parent` (a folder's name) is left out. */
export function isBuiltInExclude(parent: string, name: string): boolean {
  return folderNames.some((folder) => folder === name) || folderPaths.includes(`${parent}/${name}`);
}

/** The same as git reads it from `info/exclude`. */
export const excludeFile = [
  '# Left out of the checkpoints of this folder, which is not a git repository. Written by Soft Landing.',
  ...folderNames.map((name) => `${name}/`),
  ...folderPaths.map((folder) => `**/${folder}/`),
  '',
].join('\n');
