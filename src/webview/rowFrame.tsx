import type { ComponentChildren } from 'preact';
import type { CheckpointRowView } from '../protocol/panelPicture.ts';
import type { RowItem, TurnItem } from './listItems.ts';

/** What VS Code's own context menu (`webview/context` in the manifest) knows of a row, and hands to the command chosen there. */
export function rowContext(root: string, { id, pinned }: CheckpointRowView): string {
  return JSON.stringify({
    webviewSection: 'checkpoint',
    checkpointRoot: root,
    checkpointId: id,
    checkpointPinned: pinned,
    // There is no text to cut or copy in a row.
    preventDefaultContextMenuItems: true,
  });
}

export interface RowFrameProps {
  readonly item: TurnItem | RowItem;
  /** the checkpoint that the row's actions are about */
  readonly target: CheckpointRowView;
  /** the folder it belongs to */
  readonly root: string;
  readonly elementId: string;
  readonly top: number;
  readonly height: number;
  readonly place: number;
  readonly count: number;
  readonly isActive: boolean;
  /** the pointer is over the row, or over its action */
  readonly isHovered: boolean;
  /** the words on the row's button, which lies over the row: room is left for them; null when there is none */
  readonly action: string | null;
  readonly title: string;
  readonly onPick: (id: string) => void;
  readonly onToggle?: (item: TurnItem | RowItem) => void;
  readonly children: ComponentChildren;
}

/** A row of the list as an item of a tree: its place, its marks, and what a click does. */
export function RowFrame(props: RowFrameProps) {
  const { item, target, onPick, onToggle } = props;
  const isChild = item.kind === 'row' && item.parent !== null;
  const marks = ['row', isChild && 'child', props.isActive && 'active', props.isHovered && 'hovered'];
  return (
    <div
      id={props.elementId}
      class={marks.filter((mark) => mark !== false).join(' ')}
      role="treeitem"
      aria-level={isChild ? 2 : 1}
      aria-expanded={item.kind === 'turn' ? item.isOpen : undefined}
      aria-selected={props.isActive}
      aria-setsize={props.count}
      aria-posinset={props.place}
      title={props.title}
      data-id={target.id}
      data-item={item.id}
      data-vscode-context={rowContext(props.root, target)}
      style={{ transform: `translateY(${props.top}px)`, height: `${props.height}px` }}
      onPointerDown={() => onPick(item.id)}
      onClick={() => onToggle?.(item)}
    >
      {props.children}
      {props.action !== null && (
        <span class="button room" aria-hidden="true">
          <span class="glyph" />
          <span class="button-label">{props.action}</span>
        </span>
      )}
    </div>
  );
}
