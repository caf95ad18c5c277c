import { plural } from '../../protocol/plural.ts';
import type { AliasScope } from '../gitAlias.ts';

/** Something that we wrote outside of our own program, and that "Remove Everything" takes back. */
export type Trace =
  /** our entries in a file that an agent reads */
  | { readonly kind: 'hooks'; readonly agent: string; readonly file: string; readonly isWholeFile: boolean }
  /** the tee before the statusline in Claude Code's settings */
  | { readonly kind: 'statusline'; readonly file: string }
  /** `alias.checkpoint` in git's configuration; `dir`: a folder of that repository */
  | { readonly kind: 'alias'; readonly scope: AliasScope; readonly dir: string }
  /** refs and our folders in a repository's git directory */
  | {
      readonly kind: 'checkpoints';
      readonly repository: string;
      readonly checkpoints: number;
      readonly folders: readonly string[];
    }
  /** our folder in a person's folder, with what is in it */
  | { readonly kind: 'plan'; readonly folder: string; readonly files: readonly string[] }
  /** the state folder; `folderCheckpoints`: folders without git, and mirrored repositories, whose checkpoints are in it */
  | { readonly kind: 'state'; readonly folder: string; readonly folderCheckpoints: number };

/**
 * In the order in which they are taken back: what agents read first (the tee before the hooks, which were mostly there before it, so that each
 * finds the file as it left it), and last the state folder, which knows of all the rest.
 */
export const traceKinds = [
  'statusline',
  'hooks',
  'alias',
  'checkpoints',
  'plan',
  'state',
] as const satisfies readonly Trace['kind'][];

/** One line for a person. English; the editor has words of its own. */
export function traceText(trace: Trace): string {
  switch (trace.kind) {
    case 'hooks':
      return `${trace.isWholeFile ? 'the file' : 'our hooks in'} ${trace.file} (${trace.agent})`;
    case 'statusline':
      return `our part of the statusline in ${trace.file}`;
    case 'alias':
      return trace.scope === 'global'
        ? 'alias.checkpoint in your git configuration'
        : `alias.checkpoint in the git configuration of ${trace.dir}`;
    case 'checkpoints':
      return `${plural(trace.checkpoints, 'checkpoint')} in ${trace.repository} (refs/soft-landing), and our folder there`;
    case 'plan':
      return `${trace.folder}, with ${trace.files.length === 0 ? 'nothing in it' : trace.files.join(', ')}`;
    case 'state':
      return `${trace.folder} (launchers, log, usage history${
        trace.folderCheckpoints === 0
          ? ''
          : `, and the checkpoints of ${plural(trace.folderCheckpoints, 'folder')} without git`
      })`;
  }
}
