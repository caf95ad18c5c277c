import type { CheckpointKind, CheckpointSummary, Skipped } from '../protocol/checkpoint.ts';
import { Glyph, type GlyphName } from './glyph.tsx';
import { number, time } from './locale.ts';
import { strings } from './strings.ts';

const kindGlyphs: Readonly<Record<CheckpointKind, GlyphName>> = {
  manual: 'bookmark',
  session: 'play',
  prompt: 'comment',
  tool: 'edit',
  turn: 'stop-circle',
  interrupted: 'circle-slash',
  ambient: 'pulse',
  verify: 'bookmark',
  safety: 'shield',
  'failed-restore': 'error',
};

/** More paths than this in a hover are not read. */
const listedPaths = 8;

function skippedWords(skipped: readonly Skipped[]): string {
  const lines = skipped.slice(0, listedPaths).map((entry) => strings.skippedPath(entry.path, entry.reason));
  const more = skipped.length - lines.length;
  const head = strings.skipped(skipped.length, number.whole(skipped.length));
  return [`${head}:`, ...lines, ...(more > 0 ? [strings.andMore(number.whole(more))] : [])].join('\n');
}

export function labelOf(checkpoint: CheckpointSummary): string {
  return checkpoint.label === '' ? strings.kind(checkpoint.kind) : checkpoint.label;
}

/** What VS Code's own context menu (`webview/context` in the manifest) knows of a row, and hands to the command chosen there. */
export function rowContext(root: string, { id, pinned }: CheckpointSummary): string {
  return JSON.stringify({
    webviewSection: 'checkpoint',
    checkpointRoot: root,
    checkpointId: id,
    checkpointPinned: pinned,
    // There is no text to cut or copy in a row.
    preventDefaultContextMenuItems: true,
  });
}

interface CheckpointRowProps {
  readonly checkpoint: CheckpointSummary;
  /** the folder it belongs to */
  readonly root: string;
  readonly elementId: string;
  readonly index: number;
  readonly count: number;
  readonly active: boolean;
  readonly now: number;
  readonly currentBranch: string | null;
  /** the pointer is over the row, or over its action */
  readonly hovered: boolean;
  /** the words on the row's button, which lies over the row: room is left for them; null when there is none */
  readonly action: string | null;
  readonly onPick: (id: string) => void;
}

/** One checkpoint in two lines: what was asked and when; what it precedes, whose it is, how much changed. */
export function CheckpointRow(props: CheckpointRowProps) {
  const { checkpoint, index, now } = props;
  const label = labelOf(checkpoint);
  const createdAt = Date.parse(checkpoint.createdAt);
  const before = strings.before(checkpoint.kind, checkpoint.tool);
  const agent = checkpoint.agent === null ? null : strings.agent(checkpoint.agent);
  const branch = checkpoint.branch === props.currentBranch ? null : checkpoint.branch;
  const files = number.whole(checkpoint.changedFiles);
  const skipped = checkpoint.skipped.length;
  const marks = [props.active && 'active', props.hovered && 'hovered'];
  return (
    <div
      id={props.elementId}
      class={['row', ...marks].filter((mark) => mark !== false).join(' ')}
      role="option"
      aria-selected={props.active}
      aria-setsize={props.count}
      aria-posinset={index + 1}
      data-id={checkpoint.id}
      data-vscode-context={rowContext(props.root, checkpoint)}
      style={{ transform: `translateY(calc(var(--row-height) * ${index}))` }}
      onPointerDown={() => props.onPick(checkpoint.id)}
    >
      <span class="kind" title={strings.kind(checkpoint.kind)}>
        <Glyph name={kindGlyphs[checkpoint.kind]} />
      </span>
      <div class="row-text">
        <div class="line">
          {checkpoint.pinned && (
            <span class="pinned" title={strings.pinned}>
              <Glyph name="pin" />
              <span class="unseen">{strings.pinned}</span>
            </span>
          )}
          <span class="label" title={label}>
            {label}
          </span>
          <time class="quiet" dateTime={checkpoint.createdAt} title={time.exact(createdAt)}>
            {time.relative(createdAt, now)}
          </time>
        </div>
        <div class="line quiet">
          <span class="before" title={before}>
            {before}
          </span>
          {agent !== null && <span class="agent">{agent}</span>}
          {branch !== null && (
            <span class="branch" title={strings.onBranch(branch)}>
              <Glyph name="git-branch" />
              <span class="branch-name">{branch}</span>
            </span>
          )}
          <span class="files">
            {skipped > 0 && (
              <span class="skipped" title={skippedWords(checkpoint.skipped)}>
                <Glyph name="warning" />
                <span class="unseen">{strings.skipped(skipped, number.whole(skipped))}</span>
              </span>
            )}
            {strings.files(checkpoint.changedFiles, files)}
          </span>
        </div>
      </div>
      {props.action !== null && (
        <span class="button room" aria-hidden="true">
          <span class="glyph" />
          <span class="button-label">{props.action}</span>
        </span>
      )}
    </div>
  );
}
