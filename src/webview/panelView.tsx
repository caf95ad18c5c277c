import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChangeSize } from '../protocol/panelPicture.ts';
import { useHostTime } from './clock.ts';
import { ManageTrust, OpenFolder } from './emptyState.tsx';
import { FolderSection } from './folderSection.tsx';
import { Gauge } from './gauge.tsx';
import { savedState, saveState } from './host.ts';
import { LiveRegion } from './liveRegion.tsx';
import { UnprotectedNotice } from './notices.tsx';
import { NowSection } from './nowSection.tsx';
import type { ShownPicture } from './picture.ts';
import { RecoveryBanner } from './recoveryBanner.tsx';
import { CheckpointsSkeleton, GaugeSkeleton } from './skeleton.tsx';
import { strings } from './strings.ts';

interface PanelViewProps {
  readonly picture: ShownPicture | null;
  readonly sizes: Readonly<Record<string, ChangeSize>>;
  readonly skew: number;
}

function BareCheckpoints({ children }: { readonly children: preact.ComponentChildren }) {
  return (
    <section class="folder" aria-labelledby="bare-heading">
      <header class="section-header">
        <h2 id="bare-heading">{strings.checkpoints}</h2>
      </header>
      {children}
    </section>
  );
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== key));
}

function toggled(list: readonly string[], item: string, isIn: boolean): readonly string[] {
  const others = list.filter((each) => each !== item);
  return isIn ? [...others, item] : others;
}

/** More open prompts than this nobody remembers having opened. */
const mostOpen = 100;

/** The whole panel: a function of the host's last picture and of where the user is in it. */
export function PanelView({ picture, sizes, skew }: PanelViewProps) {
  const now = useHostTime(skew);
  const scroller = useRef<HTMLElement>(null);
  const [active, setActive] = useState(savedState.active);
  const [collapsed, setCollapsed] = useState(savedState.collapsed);
  const [open, setOpen] = useState(savedState.open);
  const [filters, setFilters] = useState(savedState.filters);
  const openTurns = useMemo(() => new Set(open), [open]);
  const loaded = picture?.loaded === true;

  // Once, when there is something to scroll in.
  useLayoutEffect(() => {
    if (loaded) scroller.current?.scrollTo(0, savedState.scroll);
  }, [loaded]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null || !loaded) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = (): void => saveState({ scroll: element.scrollTop, active, collapsed, open, filters });
    // Each setState is a message to the editor: one after the scrolling, not one per frame.
    const saveSoon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(save, 150);
    };
    save();
    element.addEventListener('scroll', saveSoon, { passive: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener('scroll', saveSoon);
    };
  }, [loaded, active, collapsed, open, filters]);

  const folders = picture?.folders ?? [];
  const several = folders.length > 1;
  const untrusted = folders.length > 0 && folders.every((folder) => folder.problem === 'untrusted');
  const sessions = picture?.sessions ?? [];
  return (
    <>
      <main ref={scroller} class="panel">
        <h1 class="unseen">{strings.panel}</h1>
        {picture?.unprotected !== undefined && <UnprotectedNotice reason={picture.unprotected} />}
        {folders.map(
          ({ root, interruption, busy, undoable }, index) =>
            interruption !== undefined && (
              <RecoveryBanner
                key={root}
                interruption={interruption}
                root={root}
                bannerId={`recovery-${index}`}
                busy={busy !== null}
                undoable={undoable}
                now={now}
              />
            ),
        )}
        {picture === null ? <GaugeSkeleton /> : <Gauge picture={picture} now={now} />}
        {sessions.length > 0 && <NowSection sessions={sessions} now={now} />}
        {!loaded && <CheckpointsSkeleton />}
        {loaded && folders.length === 0 && (
          <BareCheckpoints>
            <OpenFolder />
          </BareCheckpoints>
        )}
        {loaded && untrusted && (
          <BareCheckpoints>
            <ManageTrust />
          </BareCheckpoints>
        )}
        {loaded &&
          !untrusted &&
          folders.map((folder, index) => {
            const { root } = folder;
            return (
              <FolderSection
                key={root}
                folder={folder}
                sizes={sizes}
                agents={picture.agents}
                sectionId={`folder-${index}`}
                several={several}
                collapsed={collapsed.includes(root)}
                onCollapse={(fold) => setCollapsed((roots) => toggled(roots, root, fold))}
                active={active[root] ?? null}
                onActive={(id) => setActive((rows) => (rows[root] === id ? rows : { ...rows, [root]: id }))}
                open={openTurns}
                onOpen={(turn, isOpen) => setOpen((turns) => toggled(turns, turn, isOpen).slice(-mostOpen))}
                filter={filters[root] ?? null}
                onFilter={(filter) =>
                  setFilters((all) => (filter === null ? without(all, root) : { ...all, [root]: filter }))
                }
                now={now}
                scroller={scroller}
              />
            );
          })}
      </main>
      <LiveRegion picture={picture} />
    </>
  );
}
