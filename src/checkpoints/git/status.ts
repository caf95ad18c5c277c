import type { Oid, RawPath } from './git.ts';

/** A tracked path that differs between HEAD, index and working tree. Letters are git's: `.` unchanged, M, T, A, D. */
export interface StatusEntry {
  readonly path: RawPath;
  readonly staged: string;
  readonly unstaged: string;
  /** "N..." for an ordinary file, "S..." for a submodule */
  readonly submodule: string;
  /** 000000 where HEAD does not have it */
  readonly headMode: string;
  readonly indexMode: string;
  /** as git sees the file on disk, which is not always what the disk says (core.fileMode, core.symlinks) */
  readonly worktreeMode: string;
  readonly headOid: Oid;
  readonly indexOid: Oid;
}

/** A path in conflict: mode and object of base, ours and theirs; an absent stage has mode 000000. */
export interface UnmergedEntry {
  readonly path: RawPath;
  readonly modes: readonly [string, string, string];
  readonly oids: readonly [Oid, Oid, Oid];
}

/** One `git status --porcelain=v2 -z --branch --untracked-files=all --no-renames`, parsed. */
export interface Status {
  /** null on an unborn branch */
  readonly head: Oid | null;
  /** null when HEAD is detached */
  readonly branch: string | null;
  readonly entries: readonly StatusEntry[];
  readonly unmerged: readonly UnmergedEntry[];
  /** a trailing slash marks a nested repository, which git does not look into */
  readonly untracked: readonly RawPath[];
}

export const statusCommand = [
  'status',
  '--porcelain=v2',
  '-z',
  '--branch',
  // How far the branch and its upstream have diverged is nothing to us, and takes git a walk over all these commits.
  '--no-ahead-behind',
  '--untracked-files=all',
  '--ignore-submodules=none',
  '--no-renames',
];

/** Parses the output of `statusCommand`, one character per byte. */
export function parseStatus(text: string): Status {
  let head: Oid | null = null;
  let branch: string | null = null;
  const entries: StatusEntry[] = [];
  const unmerged: UnmergedEntry[] = [];
  const untracked: RawPath[] = [];
  for (const record of text.split('\0')) {
    if (record.startsWith('# branch.oid ')) {
      const oid = record.slice(13);
      head = oid === '(initial)' ? null : oid;
    } else if (record.startsWith('# branch.head ')) {
      const name = record.slice(14);
      branch = name === '(detached)' ? null : Buffer.from(name, 'latin1').toString('utf8');
    } else if (record.startsWith('1 ')) {
      const [, xy = '..', submodule = 'N...', ...rest] = record.split(' ');
      const [headMode = '', indexMode = '', worktreeMode = '', headOid = '', indexOid = '', ...name] = rest;
      const letters = { staged: xy.charAt(0), unstaged: xy.charAt(1) };
      const modes = { headMode, indexMode, worktreeMode };
      entries.push({ path: name.join(' '), ...letters, submodule, ...modes, headOid, indexOid });
    } else if (record.startsWith('u ')) {
      const [, , , m1 = '', m2 = '', m3 = '', , h1 = '', h2 = '', h3 = '', ...name] = record.split(' ');
      unmerged.push({ path: name.join(' '), modes: [m1, m2, m3], oids: [h1, h2, h3] });
    } else if (record.startsWith('? ')) {
      untracked.push(record.slice(2));
    }
  }
  return { head, branch, entries, unmerged, untracked };
}

/** The tracked files among those that the status names, whether or not they are there. */
export function trackedFiles({ entries }: Status): RawPath[] {
  return entries.filter(({ submodule }) => !submodule.startsWith('S')).map(({ path }) => path);
}
