import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChangeSize } from '../protocol/panelPicture.ts';
import { Button } from './button.tsx';
import { CheckpointList } from './checkpointList.tsx';
import { EmptyFolder } from './emptyState.tsx';
import { fill } from './fill.ts';
import { isFiltering, noFilter, type Filter } from './filter.ts';
import { FilterBar } from './filterBar.tsx';
import { FolderHeader } from './folderHeader.tsx';
import { send } from './host.ts';
import { listItems } from './listItems.ts';
import type { ListCommand } from './listKeys.ts';
import { HookNotices, UndoNotice } from './notices.tsx';
import type { ShownFolder } from './picture.ts';
import { PlanSection } from './planSection.tsx';
import { strings } from './strings.ts';

interface FolderSectionProps {
  readonly folder: ShownFolder;
  readonly sizes: Readonly<Record<string, ChangeSize>>;
  readonly agents: readonly string[] | undefined;
  readonly sectionId: string;
  readonly several: boolean;
  readonly collapsed: boolean;
  readonly onCollapse: (collapsed: boolean) => void;
  readonly active: string | null;
  readonly onActive: (id: string) => void;
  readonly open: ReadonlySet<string>;
  readonly onOpen: (turn: string, open: boolean) => void;
  /** null: the filter's bar is not shown */
  readonly filter: Filter | null;
  readonly onFilter: (filter: Filter | null) => void;
  readonly now: number;
  readonly scroller: RefObject<HTMLElement | null>;
}

/** What the user last asked of this folder: `busy` says that a reset runs, not which. */
type Asked = { readonly undo: true } | { readonly undo: false; readonly id: string };

/** The plan and the checkpoints of one folder, with what can be done to them. */
export function FolderSection(props: FolderSectionProps) {
  const { folder, sectionId, several, open } = props;
  const { root, busy, undoable, pages, problem, plan } = folder;
  const [asked, setAsked] = useState<Asked | null>(null);
  const header = useRef<HTMLElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (busy === null) setAsked(null);
  }, [busy]);

  const filter = props.filter ?? noFilter;
  const isFiltered = isFiltering(filter);
  const items = useMemo(() => listItems(pages, open, filter), [pages, open, filter]);
  const found = useMemo(
    () =>
      isFiltered
        ? items.reduce(
            (sum, item) =>
              sum + (item.kind === 'turn' ? item.rows.length : item.kind === 'row' && item.parent === null ? 1 : 0),
            0,
          )
        : null,
    [items, isFiltered],
  );

  const showFilter = (): void => {
    props.onFilter(filter);
    // It is there after the next drawing.
    setTimeout(() => input.current?.focus());
  };
  const hideFilter = (): void => {
    props.onFilter(null);
    list.current?.focus();
  };
  const onCommand = (command: ListCommand, id: string): void => {
    if (command === 'filter') showFilter();
    else if (command === 'copyId' || command === 'changesSince' || command === 'changesIn' || command === 'openFile') {
      send({ type: 'row', action: command, root, id });
    } else if (busy !== null) return;
    else if (command === 'create') send({ type: 'createCheckpoint', root });
    else if (command === 'verify') send({ type: 'verify', root, id });
    else if (command === 'reset') {
      setAsked({ undo: false, id });
      send({ type: 'reset', root, id });
    } else send({ type: 'row', action: command, root, id });
  };
  const undo = (): void => {
    setAsked({ undo: true });
    send({ type: 'undo', root });
  };

  const hasRows = pages.length > 0;
  const folded = several && props.collapsed;
  const isShown = !folded && problem === null;
  const runs = busy === 'reset' ? asked : null;
  return (
    <>
      {plan !== undefined && !folded && <PlanSection plan={plan} root={root} sectionId={sectionId} />}
      <section class="folder" aria-labelledby={`${sectionId}-heading`} aria-busy={busy !== null}>
        <FolderHeader
          folder={folder}
          sectionId={sectionId}
          several={several}
          collapsed={props.collapsed}
          onCollapse={props.onCollapse}
          header={header}
          found={found}
          isFilterOpen={props.filter !== null}
          onFilter={props.filter === null ? showFilter : hideFilter}
          onCreate={() => onCommand('create', '')}
        />
        {isShown && undoable !== null && (
          <UndoNotice undoable={undoable} running={runs?.undo === true} disabled={busy !== null} onUndo={undo} />
        )}
        {isShown && <HookNotices folder={folder} hasRows={hasRows} />}
        {isShown && hasRows && props.filter !== null && (
          <FilterBar
            filter={filter}
            pages={pages}
            input={input}
            onFilter={props.onFilter}
            onClose={hideFilter}
            onLeave={() => list.current?.focus()}
          />
        )}
        {isShown && hasRows && items.length > 0 && (
          <CheckpointList
            folder={folder}
            items={items}
            isFiltered={isFiltered}
            sizes={props.sizes}
            listId={`${sectionId}-list`}
            name={several ? fill(strings.listOf, folder.name) : strings.checkpoints}
            now={props.now}
            scroller={props.scroller}
            header={header}
            list={list}
            active={props.active}
            resetting={runs?.undo === false ? runs.id : null}
            onActive={props.onActive}
            onOpen={props.onOpen}
            onCommand={onCommand}
          />
        )}
        {isShown && hasRows && items.length === 0 && (
          <div class="empty">
            <p>{pages.some(({ body }) => body === null) ? strings.stillLoading : strings.noMatch}</p>
            <Button label={strings.clearFilter} action="clearFilter" onPress={() => props.onFilter(noFilter)} />
          </div>
        )}
        {!folded && (problem !== null || !hasRows) && <EmptyFolder folder={folder} agents={props.agents} />}
      </section>
    </>
  );
}
