import type { CheckpointKind, Skipped } from '../protocol/checkpoint.ts';
import type { ChangeSize, CheckpointRowView } from '../protocol/panelPicture.ts';
import { counted, fill, named } from './fill.ts';
import { Glyph, type GlyphName } from './glyph.tsx';
import type { RowItem } from './listItems.ts';
import { number, time } from './locale.ts';
import { memo } from './memo.ts';
import { RowFrame, type RowFrameProps } from './rowFrame.tsx';
import { Size } from './size.tsx';
import { strings } from './strings.ts';

const kindGlyphs: Readonly<Record<CheckpointKind, GlyphName>> = {
  manual: 'bookmark',
  session: 'play',
  prompt: 'comment',
  tool: 'edit',
  turn: 'stop-circle',
  interrupted: 'circle-slash',
  ambient: 'pulse',
  verify: 'pass',
  safety: 'shield',
  'failed-restore': 'error',
};

/** More paths than this in a hover are not read. */
const listedPaths = 8;

function skippedWords(skipped: readonly Skipped[]): string {
  const lines = skipped.slice(0, listedPaths).map(({ path, reason }) => fill(strings.skippedPath, path, reason));
  const more = skipped.length - lines.length;
  const head = counted(strings.skipped, skipped.length, number.whole(skipped.length));
  return [`${head}:`, ...lines, ...(more > 0 ? [fill(strings.andMore, number.whole(more))] : [])].join('\n');
}

export function labelOf({ label, kind }: CheckpointRowView): string {
  return label === '' ? strings.kinds[kind] : label;
}

function beforeOf({ kind, tool }: CheckpointRowView): string {
  return tool === null ? strings.befores[kind] : fill(strings.before, tool);
}

/** "12 files differ from HEAD (a9dfb0d1, on branch main)" */
function placeWords({ changedFiles, head, branch }: CheckpointRowView): string {
  const files =
    changedFiles === 0 ? strings.sameAsHead : counted(strings.differs, changedFiles, number.whole(changedFiles));
  const place = [head, branch === null ? null : fill(strings.onBranch, branch)].filter((part) => part !== null);
  return place.length === 0 ? files : fill(strings.at, files, place.join(', '));
}

export function Marks({
  row,
  currentBranch,
}: {
  readonly row: CheckpointRowView;
  readonly currentBranch: string | null;
}) {
  const branch = row.branch === currentBranch ? null : row.branch;
  return (
    <>
      {branch !== null && (
        <span class="branch" title={fill(strings.onBranch, branch)}>
          <Glyph name="git-branch" />
          <span class="branch-name">{branch}</span>
        </span>
      )}
      {row.skipped.length > 0 && (
        <span class="skipped" title={skippedWords(row.skipped)}>
          <Glyph name="warning" />
          <span class="unseen">{counted(strings.skipped, row.skipped.length, number.whole(row.skipped.length))}</span>
        </span>
      )}
    </>
  );
}

/** Pinned, and how it was verified: what a checkpoint is worth. */
export function Worth({ row }: { readonly row: Pick<CheckpointRowView, 'pinned' | 'verified'> }) {
  return (
    <>
      {row.pinned && (
        <span class="pinned" title={strings.pinned}>
          <Glyph name="pin" />
          <span class="unseen">{strings.pinned}</span>
        </span>
      )}
      {row.verified !== null && (
        <span class={`verified ${row.verified}`} title={strings.verified[row.verified]}>
          <Glyph name={row.verified === 'green' ? 'pass' : 'error'} />
          <span class="unseen">{strings.verified[row.verified]}</span>
        </span>
      )}
    </>
  );
}

interface ContentProps {
  readonly item: RowItem;
  /** how long ago it was, in words: these change seldom, the time always */
  readonly ago: string;
  readonly currentBranch: string | null;
  /** what lies between it and the next; missing until it is known */
  readonly size: ChangeSize | undefined;
}

/** Apart from its frame: when a checkpoint comes, every row below it moves, but says what it said. */
const Content = memo(({ item, ago, currentBranch, size }: ContentProps) => {
  const { row, turn, parent } = item;
  const label = labelOf(row);
  const before = beforeOf(row);
  const kind = (
    <span class="kind" title={strings.kinds[row.kind]}>
      <Glyph name={kindGlyphs[row.kind]} />
    </span>
  );
  const at = (
    <time class="quiet" dateTime={new Date(row.at).toISOString()} title={time.exact(row.at)}>
      {ago}
    </time>
  );
  const amount = <Size size={size} template={strings.sizeStep} />;
  if (parent !== null) {
    // Its prompt stands above; a label of its own was given to it.
    const own = label === turn.rows.at(-1)?.label ? (row.tool ?? before) : label;
    return (
      <>
        {kind}
        <div class="row-text line">
          <Worth row={row} />
          <span class="label" title={`${label}\n${before}`}>
            {own}
          </span>
          <Marks row={row} currentBranch={currentBranch} />
          {amount}
          {at}
        </div>
      </>
    );
  }
  return (
    <>
      {kind}
      <div class="row-text">
        <div class="line">
          <Worth row={row} />
          <span class="label" title={label}>
            {label}
          </span>
          {at}
        </div>
        <div class="line quiet">
          <span class="before" title={before}>
            {before}
          </span>
          {row.agent !== null && <span class="agent">{named(strings.agents, row.agent)}</span>}
          <Marks row={row} currentBranch={currentBranch} />
          {amount}
        </div>
      </div>
    </>
  );
});

type CheckpointRowProps = Omit<RowFrameProps, 'item' | 'children' | 'target' | 'title'> & ContentProps;

/** One checkpoint. By itself in two lines: what was asked and when, what it precedes and how much changed; below its prompt in one. */
export const CheckpointRow = memo(({ ago, currentBranch, size, ...frame }: CheckpointRowProps) => {
  const { row } = frame.item;
  return (
    <RowFrame {...frame} target={row} title={placeWords(row)}>
      <Content item={frame.item} ago={ago} currentBranch={currentBranch} size={size} />
    </RowFrame>
  );
});
