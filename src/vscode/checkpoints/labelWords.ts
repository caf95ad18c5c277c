import type { Translate } from '../../budget/language.ts';
import type { CheckpointsOverview } from '../../checkpoints/view/overview.ts';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';

/** A checkpoint, as far as its label tells of it. */
export type Labelled = Pick<CheckpointSummary, 'kind' | 'label' | 'tool'>;

/**
 * A checkpoint's label in the editor's language, where the words are ours. They are stored in English, for git, the command line and
 * whoever has the repository next. What a person or a prompt said stays as it is, which only the kind tells apart.
 */
export function labelWords({ kind, label, tool }: Labelled, t: Translate): string {
  switch (kind) {
    case 'manual':
    case 'session':
    case 'prompt':
    case 'turn':
    case 'ambient':
    case 'failed-restore':
      return fixedWords(label, t);
    case 'tool':
      return tool !== null && label === `Before ${tool}` ? t('Before {0}', tool) : label;
    case 'verify':
      return quoted(label, /^Verify: (.*)$/s, (command) => t('Verify: {0}', command));
    case 'interrupted':
      return quoted(fixedWords(label, t), /^Cut off: (.*)$/s, (task) => t('Cut off: {0}', task));
    case 'safety':
      return safetyWords(label, t);
  }
}

/** The same of all that a list shows. */
export function overviewWords(overview: CheckpointsOverview, t: Translate): CheckpointsOverview {
  const checkpoints = overview.checkpoints.map((checkpoint) => {
    const label = labelWords(checkpoint, t);
    return label === checkpoint.label ? checkpoint : { ...checkpoint, label };
  });
  const target = checkpoints.find(({ id }) => id === overview.undoableTo);
  return {
    ...overview,
    checkpoints,
    undoable: overview.undoable === null ? null : (target?.label ?? overview.undoable),
  };
}

function safetyWords(label: string, t: Translate): string {
  const commits = /^Before squashing (\d+) checkpoint commits?$/.exec(label)?.[1];
  if (commits === '1') return t('Before squashing 1 checkpoint commit');
  if (commits !== undefined) return t('Before squashing {0} checkpoint commits', commits);
  const reset = quoted(label, /^Before reset to “(.*)”$/s, (to) => t('Before reset to “{0}”', fixedWords(to, t)));
  return quoted(reset, /^Before undo of the reset to “(.*)”$/s, (to) =>
    t('Before undo of the reset to “{0}”', fixedWords(to, t)),
  );
}

/** Labels without a value. */
function fixedWords(label: string, t: Translate): string {
  switch (label) {
    case 'Manual checkpoint':
      return t('Manual checkpoint');
    case 'Start of the session':
      return t('Start of the session');
    case 'Prompt':
      return t('Prompt');
    case 'End of the turn':
      return t('End of the turn');
    case 'Before the conversation was compacted':
      return t('Before the conversation was compacted');
    case 'Ambient checkpoint':
      return t('Ambient checkpoint');
    case 'Before a burst of edits':
      return t('Before a burst of edits');
    case 'Cut off':
      return t('Cut off');
    case 'Half-way through a reset that failed':
      return t('Half-way through a reset that failed');
    default:
      return label;
  }
}

function quoted(label: string, pattern: RegExp, say: (value: string) => string): string {
  const value = pattern.exec(label)?.[1];
  return value === undefined ? label : say(value);
}
