import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { labelOf, rowContext } from './checkpointRow.tsx';
import { Glyph } from './glyph.tsx';
import { strings } from './strings.ts';

interface RowActionProps {
  readonly checkpoint: CheckpointSummary;
  readonly root: string;
  readonly index: number;
  /** this very reset runs */
  readonly running: boolean;
  readonly disabled: boolean;
  readonly onReset: (id: string) => void;
}

/**
 * A row's Reset button. It lies over the row instead of in it: an option may hold no control, or a screen reader could reach
 * a button that it does not announce.
 */
export function RowAction({ checkpoint, root, index, running, disabled, onReset }: RowActionProps) {
  return (
    <button
      type="button"
      class="button secondary row-action"
      data-action="reset"
      data-id={checkpoint.id}
      data-vscode-context={rowContext(root, checkpoint)}
      // The list is one tab stop; its keyboard way to this button is Enter or R.
      tabIndex={-1}
      aria-label={running ? strings.resetting : strings.resetTo(labelOf(checkpoint))}
      title={strings.resetHint}
      aria-disabled={disabled}
      style={{ transform: `translateY(calc(var(--row-height) * ${index}))` }}
      // Keeps the focus on the list, where the keys are.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onReset(checkpoint.id)}
    >
      <Glyph name={running ? 'loading' : 'discard'} />
      <span class="button-label">{running ? strings.resetting : strings.reset}</span>
    </button>
  );
}
