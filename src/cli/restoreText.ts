import type { Checkpoints, Restored, RestorePreview } from '../checkpoints/checkpoints.ts';
import type { Selection } from '../checkpoints/scope.ts';
import { plural } from '../protocol/plural.ts';
import { colors } from './colors.ts';

type Report = Pick<Restored, 'written' | 'deleted' | 'kept' | 'members'>;

/** What JSON says of nested repositories: of one that failed the reason and the sentence, as of every failure. */
export function membersJson(members: Report['members']): readonly object[] {
  return members.map(({ error, ...rest }) =>
    error ? { ...rest, error: { reason: error.reason, message: error.message } } : rest,
  );
}

function keptLines(kept: Report['kept'], folder = ''): string[] {
  return kept.map(({ path, reason }) => colors.yellow(`  left as it is: ${folder}${path} (${reason})`));
}

/** What was left, and a line for each nested repository in which anything was done or went wrong. */
function detailLines({ kept, members }: Report, written: string, deleted: string): string[] {
  return [
    ...keptLines(kept),
    ...members.flatMap((member) => {
      const { path, error } = member;
      if (error) return [colors.red(`  ${path}: not restored. ${error.message}`)];
      const counts = `  ${path}: ${plural(member.written, 'file')} ${written}, ${member.deleted} ${deleted}`;
      return [counts, ...keptLines(member.kept, `${path}/`)];
    }),
  ];
}

/** What a command means where it was not told; "" where that is the whole repository anyway. */
export function scopeText({ scope }: Checkpoints, { paths = [], whole = false }: Selection): string {
  return scope === '' || whole || paths.length > 0 ? '' : ` (only ${scope}/; --whole for the whole repository)`;
}

export function restoredText(result: Restored, scope: string): string {
  return [
    `Reset to ${result.restored}${scope}: ${plural(result.written, 'file')} written, ${result.deleted} deleted.`,
    ...detailLines(result, 'written', 'deleted'),
    'Take it back with: soft-landing checkpoint undo',
  ].join('\n');
}

export function undoneText(result: Restored): string {
  const counts = `Undone: ${plural(result.written, 'file')} written, ${result.deleted} deleted.`;
  return [counts, ...detailLines(result, 'written', 'deleted')].join('\n');
}

export function previewText(preview: RestorePreview, scope: string): string {
  const { checkpoint, written, deleted } = preview;
  const what = `A reset to ${checkpoint.id} (${checkpoint.label})${scope}`;
  return [
    `${what} would write ${plural(written, 'file')} and delete ${deleted}. Nothing was changed.`,
    ...detailLines(preview, 'to write', 'to delete'),
  ].join('\n');
}
