import * as vscode from 'vscode';
import { labelWords } from './labelWords.ts';
import { shortLabel, timeText } from './pickCheckpoint.ts';
import type { Restored, RestorePreview } from '../../checkpoints/checkpoints.ts';
import { failureWords } from '../failureWords.ts';
import { totalsOf } from '../../checkpoints/sets/restoreSet.ts';

const { t } = vscode.l10n;

export function count(number: number, one: string, many: string): string {
  return number === 1 ? one : many;
}

export const files = (number: number): string => count(number, t('1 file'), t('{0} files', number));

/** How far a reset goes: the folder itself, the repository that it is in, or all folders that were saved with it. */
export type Reach = 'folder' | 'whole' | 'all-folders';

export interface ResetQuestion {
  readonly preview: RestorePreview;
  /** where the folder lies in its repository; "" where it is the whole, or where single files were chosen */
  readonly scope: string;
  /** how many other folders have this checkpoint too */
  readonly others: number;
  readonly unsaved: number;
}

/** Asks once, naming how many files change; undefined: nothing is to be done. */
export async function askReach({ preview, scope, others, unsaved }: ResetQuestion): Promise<Reach | undefined> {
  const { written, deleted } = totalsOf(preview);
  const number = written + deleted;
  const buttons: { readonly title: string; readonly reach: Reach }[] = [
    { title: count(number, t('Reset 1 File'), t('Reset {0} Files', number)), reach: 'folder' },
  ];
  if (scope !== '') buttons.push({ title: t('Reset Whole Repository'), reach: 'whole' });
  if (others > 0) buttons.push({ title: t('Reset All {0} Folders', others + 1), reach: 'all-folders' });
  const answer = await vscode.window.showWarningMessage(
    t('Reset to “{0}”?', shortLabel(labelWords(preview.checkpoint, t))),
    { modal: true, detail: detail({ preview, scope, others, unsaved }) },
    ...buttons.map(({ title }) => title),
  );
  return buttons.find(({ title }) => title === answer)?.reach;
}

function detail({ preview, scope, others, unsaved }: ResetQuestion): string {
  const { written, deleted, kept, failed } = totalsOf(preview);
  const left = t('Left as they are, because the checkpoint does not hold them: {0}.', files(kept));
  const saved = t('Saved first: {0}.', count(unsaved, t('1 unsaved editor'), t('{0} unsaved editors', unsaved)));
  return [
    t('Saved {0}.', timeText(preview.checkpoint)),
    t('Written: {0}, deleted: {1}.', files(written), deleted),
    ...(scope === '' ? [] : [t('Only in {0}; the rest of the repository stays as it is.', scope)]),
    ...(others > 0 ? [t('Only in this folder; others were saved with it: {0}.', others)] : []),
    ...(kept > 0 ? [left] : []),
    ...failed.map(({ path, error }) => t('Cannot be reset: {0}. {1}', path, failureWords(error))),
    ...(unsaved > 0 ? [saved] : []),
    t('The present state is saved first; Undo brings it back.'),
  ].join('\n');
}

/** What was done, in a sentence or two; nested repositories in which it failed by name. */
export function outcome(result: Restored): string {
  const { written, deleted, kept, failed } = totalsOf(result);
  return [
    t('Written: {0}, deleted: {1}.', files(written), deleted),
    ...(kept === 0 ? [] : [t('Left as they are: {0}.', files(kept))]),
    ...failed.map(({ path, error }) => t('Not done in {0}: {1}', path, failureWords(error))),
  ].join(' ');
}
