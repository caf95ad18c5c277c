import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FolderView } from '../protocol/panel.ts';
import { Button } from './button.tsx';
import { CheckpointList } from './checkpointList.tsx';
import { EmptyFolder } from './emptyState.tsx';
import { Glyph } from './glyph.tsx';
import { send } from './host.ts';
import { number } from './locale.ts';
import { strings } from './strings.ts';

interface FolderSectionProps {
  readonly folder: FolderView;
  readonly sectionId: string;
  /** several folders are open: each then has its name as heading, and folds */
  readonly several: boolean;
  readonly collapsed: boolean;
  readonly onCollapse: (collapsed: boolean) => void;
  readonly active: string | null;
  readonly onActive: (id: string) => void;
  readonly now: number;
  readonly scroller: RefObject<HTMLElement | null>;
}

/** What the user last asked of this folder: `busy` says that a reset runs, not which. */
type Asked = { readonly undo: true } | { readonly undo: false; readonly id: string };

function Heading({ folder, sectionId, several, collapsed, onCollapse }: FolderSectionProps) {
  if (!several) return <h2 id={`${sectionId}-heading`}>{strings.checkpoints}</h2>;
  return (
    <h2 id={`${sectionId}-heading`} class="folding">
      <button type="button" aria-expanded={!collapsed} title={folder.root} onClick={() => onCollapse(!collapsed)}>
        <Glyph name="chevron-right" />
        <span class="folder-name">{folder.name}</span>
      </button>
    </h2>
  );
}

/** How many there are, and, once that is known, what they take on disk. */
function Count({ folder: { checkpoints, disk, root } }: { readonly folder: FolderView }) {
  const count = strings.count(checkpoints.length, number.whole(checkpoints.length));
  if (disk === undefined) return <span class="folder-count quiet">{count}</span>;
  return (
    <button
      type="button"
      class="folder-count quiet"
      data-action="prune"
      title={strings.prune(disk.policy)}
      onClick={() => send({ type: 'prune', root })}
    >
      {strings.countAndSize(count, number.bytes(disk.bytes))}
    </button>
  );
}

/** The checkpoints of one folder, with what can be done to them. */
export function FolderSection(props: FolderSectionProps) {
  const { folder, sectionId, several } = props;
  const { root, busy, undoable } = folder;
  const [asked, setAsked] = useState<Asked | null>(null);
  const header = useRef<HTMLElement>(null);
  useEffect(() => {
    if (busy === null) setAsked(null);
  }, [busy]);

  const create = (): void => {
    if (busy === null) send({ type: 'createCheckpoint', root });
  };
  const reset = (id: string): void => {
    if (busy !== null) return;
    setAsked({ undo: false, id });
    send({ type: 'reset', root, id });
  };
  const undo = (): void => {
    setAsked({ undo: true });
    send({ type: 'undo', root });
  };

  const count = folder.checkpoints.length;
  const folded = several && props.collapsed;
  const runs = busy === 'reset' ? asked : null;
  return (
    <section class="folder" aria-labelledby={`${sectionId}-heading`} aria-busy={busy !== null}>
      <header ref={header} class={`section-header ${several ? 'several' : ''}`}>
        <div class="heading">
          <Heading {...props} />
          {folder.problem === null && <Count folder={folder} />}
        </div>
        {folder.problem === null && (
          <Button
            label={strings.create}
            action="createCheckpoint"
            glyph="add"
            hint={strings.create}
            onPress={create}
            running={busy === 'checkpoint' ? strings.creating : null}
            disabled={busy !== null}
          />
        )}
        {busy !== null && <div class="progress" />}
      </header>
      {!folded && folder.problem === null && undoable !== null && (
        <div class="notice" data-notice="undo">
          <Glyph name="discard" />
          <span class="notice-text" title={strings.wasReset(undoable)}>
            {strings.wasReset(undoable)}
          </span>
          <Button
            label={strings.undo}
            action="undo"
            hint={strings.undoHint(undoable)}
            onPress={undo}
            running={runs?.undo === true ? strings.undoing : null}
            disabled={busy !== null}
          />
        </div>
      )}
      {!folded && folder.problem === null && count > 0 && !folder.hooksInstalled && (
        <div class="notice" data-notice="hooks">
          <Glyph name="warning" />
          <span class="notice-text">
            {strings.unhooked}{' '}
            <Button
              look="link"
              label={strings.installHooks}
              action="installHooks"
              onPress={() => send({ type: 'installHooks', root })}
            />
          </span>
        </div>
      )}
      {!folded &&
        (folder.problem === null && count > 0 ? (
          <CheckpointList
            folder={folder}
            listId={`${sectionId}-list`}
            name={strings.list(several ? folder.name : null)}
            now={props.now}
            scroller={props.scroller}
            header={header}
            active={props.active}
            resetting={runs?.undo === false ? runs.id : null}
            onActive={props.onActive}
            onReset={reset}
            onCreate={create}
          />
        ) : (
          <EmptyFolder folder={folder} />
        ))}
    </section>
  );
}
