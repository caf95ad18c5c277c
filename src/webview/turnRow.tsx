import type { ChangeSize, CheckpointRowView } from '../protocol/panelPicture.ts';
import { labelOf, Worth } from './checkpointRow.tsx';
import { counted, named } from './fill.ts';
import { Glyph } from './glyph.tsx';
import { oldest, type TurnItem } from './listItems.ts';
import { number, time } from './locale.ts';
import { memo } from './memo.ts';
import { RowFrame, type RowFrameProps } from './rowFrame.tsx';
import { Size } from './size.tsx';
import { strings } from './strings.ts';

/** A turn is worth what its newest verified state is; a pin inside it shows outside. */
function worthOf(rows: readonly CheckpointRowView[]): Pick<CheckpointRowView, 'pinned' | 'verified'> {
  return {
    pinned: rows.some(({ pinned }) => pinned),
    verified: rows.find(({ verified }) => verified !== null)?.verified ?? null,
  };
}

interface ContentProps {
  readonly item: TurnItem;
  /** how long ago its newest was, in words */
  readonly ago: string;
  /** what the whole turn changed; missing until it is known */
  readonly size: ChangeSize | undefined;
}

const Content = memo(({ item: { turn, rows, isOpen }, ago, size }: ContentProps) => {
  const [newest, first] = [turn.rows[0], oldest(turn)];
  if (newest === undefined || first === null) return null;
  return (
    <>
      <span class={`kind twistie ${isOpen ? 'open' : ''}`}>
        <Glyph name="chevron-right" />
      </span>
      <div class="row-text">
        <div class="line">
          <Worth row={worthOf(turn.rows)} />
          <span class="label">{labelOf(first)}</span>
          <time class="quiet" dateTime={new Date(newest.at).toISOString()} title={time.exact(newest.at)}>
            {ago}
          </time>
        </div>
        <div class="line quiet">
          <span class="before">{counted(strings.steps, rows.length, number.whole(rows.length))}</span>
          {first.agent !== null && <span class="agent">{named(strings.agents, first.agent)}</span>}
          <Size size={size} template={strings.sizeTurn} />
        </div>
      </div>
    </>
  );
});

type TurnRowProps = Omit<RowFrameProps, 'item' | 'children' | 'target' | 'title'> & ContentProps;

/** A prompt, and how many checkpoints it caused: one row however many, to be opened. */
export const TurnRow = memo(({ ago, size, ...frame }: TurnRowProps) => {
  const first = oldest(frame.item.turn);
  if (first === null) return null;
  return (
    <RowFrame {...frame} target={first} title={labelOf(first)}>
      <Content item={frame.item} ago={ago} size={size} />
    </RowFrame>
  );
});
