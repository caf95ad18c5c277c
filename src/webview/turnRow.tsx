import type { ChangeSize, CheckpointRowView } from '../protocol/panelPicture.ts';
import { labelOf, Worth } from './checkpointRow.tsx';
import { counted, named } from './fill.ts';
import { Glyph } from './glyph.tsx';
import { oldest, type TurnItem } from './listItems.ts';
import { number, time } from './locale.ts';
import { RowFrame, type RowFrameProps } from './rowFrame.tsx';
import { Size } from './size.tsx';
import { strings } from './strings.ts';

interface TurnRowProps extends Omit<RowFrameProps, 'item' | 'children' | 'target' | 'title'> {
  readonly item: TurnItem;
  readonly now: number;
  /** what the whole turn changed; missing until it is known */
  readonly size: ChangeSize | undefined;
}

/** A turn is worth what its newest verified state is; a pin inside it shows outside. */
function worthOf(rows: readonly CheckpointRowView[]): Pick<CheckpointRowView, 'pinned' | 'verified'> {
  return {
    pinned: rows.some(({ pinned }) => pinned),
    verified: rows.find(({ verified }) => verified !== null)?.verified ?? null,
  };
}

/** A prompt, and how many checkpoints it caused: one row however many, to be opened. */
export function TurnRow({ now, size, ...frame }: TurnRowProps) {
  const { turn, rows, isOpen } = frame.item;
  const [newest, first] = [turn.rows[0], oldest(turn)];
  if (newest === undefined || first === null) return null;
  const label = labelOf(first);
  const count = counted(strings.steps, rows.length, number.whole(rows.length));
  return (
    <RowFrame {...frame} target={first} title={label}>
      <span class={`kind twistie ${isOpen ? 'open' : ''}`}>
        <Glyph name="chevron-right" />
      </span>
      <div class="row-text">
        <div class="line">
          <Worth row={worthOf(turn.rows)} />
          <span class="label">{label}</span>
          <time class="quiet" dateTime={new Date(newest.at).toISOString()} title={time.exact(newest.at)}>
            {time.relative(newest.at, now)}
          </time>
        </div>
        <div class="line quiet">
          <span class="before">{count}</span>
          {first.agent !== null && <span class="agent">{named(strings.agents, first.agent)}</span>}
          <Size size={size} template={strings.sizeTurn} />
        </div>
      </div>
    </RowFrame>
  );
}
