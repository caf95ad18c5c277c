import type { CheckpointRowView } from '../protocol/panelPicture.ts';
import { labelOf } from './checkpointRow.tsx';
import { fill } from './fill.ts';
import { Glyph } from './glyph.tsx';
import { rowContext } from './rowFrame.tsx';
import { strings } from './strings.ts';

interface RowActionProps {
  readonly target: CheckpointRowView;
  /** the row stands for a whole prompt */
  readonly isTurn: boolean;
  readonly root: string;
  readonly top: number;
  readonly height: number;
  /** this very reset runs */
  readonly running: boolean;
  readonly disabled: boolean;
  readonly onReset: (id: string) => void;
}

/**
 * A row's Reset button. It lies over the row instead of in it: so a screen reader finds the button as a button, and the rows stay one
 * tab stop.
 */
export function RowAction({ target, isTurn, root, top, height, running, disabled, onReset }: RowActionProps) {
  const name = fill(isTurn ? strings.resetToBefore : strings.resetTo, labelOf(target));
  const size = Math.min(24, height);
  return (
    <button
      type="button"
      class={`button secondary row-action ${height < 32 ? 'short' : ''}`}
      data-action="reset"
      data-id={target.id}
      data-vscode-context={rowContext(root, target)}
      // The list is one tab stop; its keyboard way to this button is R.
      tabIndex={-1}
      aria-label={running ? strings.resetting : name}
      title={isTurn ? strings.resetTurnHint : strings.resetHint}
      aria-disabled={disabled}
      style={{ transform: `translateY(${top + (height - size) / 2}px)` }}
      // Keeps the focus on the list, where the keys are.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onReset(target.id)}
    >
      <Glyph name={running ? 'loading' : 'discard'} />
      <span class="button-label">{running ? strings.resetting : strings.reset}</span>
    </button>
  );
}
