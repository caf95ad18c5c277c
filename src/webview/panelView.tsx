import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PanelSnapshot } from '../protocol/panel.ts';
import { useHostTime } from './clock.ts';
import { ManageTrust, OpenFolder } from './emptyState.tsx';
import { FolderSection } from './folderSection.tsx';
import { Gauge } from './gauge.tsx';
import { savedState, saveState } from './host.ts';
import { LiveRegion } from './liveRegion.tsx';
import { CheckpointsSkeleton, GaugeSkeleton } from './skeleton.tsx';
import { strings } from './strings.ts';

interface PanelViewProps {
  readonly snapshot: PanelSnapshot | null;
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

/** The whole panel: a function of the host's last snapshot and of where the user is in it. */
export function PanelView({ snapshot, skew }: PanelViewProps) {
  const now = useHostTime(skew);
  const scroller = useRef<HTMLElement>(null);
  const [active, setActive] = useState(savedState.active);
  const [collapsed, setCollapsed] = useState(savedState.collapsed);
  const loaded = snapshot?.loaded === true;

  // Once, when there is something to scroll in.
  useLayoutEffect(() => {
    if (loaded) scroller.current?.scrollTo(0, savedState.scroll);
  }, [loaded]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null || !loaded) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = (): void => saveState({ scroll: element.scrollTop, active, collapsed });
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
  }, [loaded, active, collapsed]);

  const folders = snapshot?.folders ?? [];
  const several = folders.length > 1;
  const untrusted = folders.length > 0 && folders.every((folder) => folder.problem === 'untrusted');
  return (
    <>
      <main ref={scroller} class="panel">
        <h1 class="unseen">{strings.panel}</h1>
        {snapshot === null ? <GaugeSkeleton /> : <Gauge gauge={snapshot.gauge} now={now} />}
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
          folders.map((folder, index) => (
            <FolderSection
              key={folder.root}
              folder={folder}
              sectionId={`folder-${index}`}
              several={several}
              collapsed={collapsed.includes(folder.root)}
              onCollapse={(fold) =>
                setCollapsed((roots) => {
                  const others = roots.filter((root) => root !== folder.root);
                  return fold ? [...others, folder.root] : others;
                })
              }
              active={active[folder.root] ?? null}
              onActive={(id) => setActive((rows) => ({ ...rows, [folder.root]: id }))}
              now={now}
              scroller={scroller}
            />
          ))}
      </main>
      <LiveRegion snapshot={snapshot} />
    </>
  );
}
