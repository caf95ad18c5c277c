import type { CheckpointKind, Skipped } from './checkpoint.ts';
import type { FolderView, PanelSnapshot } from './panel.ts';

/*
 * What goes from the host to the panel. There can be ten thousand checkpoints, and sending them all takes longer than drawing what can be
 * seen of them. So a picture is complete, but names its checkpoints by pages; of those the newest comes along, and the panel asks for what
 * it does not have yet. A page never changes: what changes gets another key.
 */

/** A checkpoint as a row shows it. `at` is in epoch milliseconds. */
export interface CheckpointRowView {
  readonly id: string;
  readonly label: string;
  readonly kind: CheckpointKind;
  readonly at: number;
  readonly agent: string | null;
  readonly tool: string | null;
  readonly branch: string | null;
  /** abbreviated */
  readonly head: string | null;
  readonly pinned: boolean;
  readonly verified: 'green' | 'red' | null;
  /** files that differ from HEAD */
  readonly changedFiles: number;
  readonly skipped: readonly Skipped[];
}

/** The checkpoints of one prompt, newest first; or one that belongs to none. */
export interface TurnView {
  readonly key: string;
  readonly rows: readonly CheckpointRowView[];
}

/** What is known of a page that was not sent: enough to scroll past it. */
export interface PageHead {
  readonly key: number;
  readonly turns: number;
  readonly rows: number;
}

export interface PageBody {
  readonly key: number;
  readonly turns: readonly TurnView[];
}

export interface PictureFolder extends Omit<FolderView, 'checkpoints'> {
  /** newest first */
  readonly pages: readonly PageHead[];
}

export interface PanelPicture extends Omit<PanelSnapshot, 'folders'> {
  readonly folders: readonly PictureFolder[];
  readonly bodies: readonly PageBody[];
}

/** The answer to `pages`. */
export interface PagesMessage {
  readonly type: 'pages';
  readonly bodies: readonly PageBody[];
}

/** How much lies between two checkpoints. */
export interface ChangeSize {
  readonly files: number;
  readonly added: number;
  readonly deleted: number;
}

export interface SizeBetween extends ChangeSize {
  /** ids of checkpoints */
  readonly from: string;
  readonly to: string;
}

/** The answer to `sizes`. What cannot be told is missing. */
export interface SizesMessage {
  readonly type: 'sizes';
  readonly sizes: readonly SizeBetween[];
}

export type HostMessage = PanelPicture | PagesMessage | SizesMessage;
