import type { RefObject } from 'preact';
import { Button } from './button.tsx';
import { counted, fill } from './fill.ts';
import { Glyph } from './glyph.tsx';
import { send } from './host.ts';
import { number } from './locale.ts';
import { rowCount, type ShownFolder } from './picture.ts';
import { strings } from './strings.ts';

interface FolderHeaderProps {
  readonly folder: ShownFolder;
  readonly sectionId: string;
  /** several folders are open: each then has its name as heading, and folds */
  readonly several: boolean;
  readonly collapsed: boolean;
  readonly onCollapse: (collapsed: boolean) => void;
  readonly header: RefObject<HTMLElement | null>;
  /** how many checkpoints match; null: nothing is filtered */
  readonly found: number | null;
  readonly isFilterOpen: boolean;
  readonly onFilter: () => void;
  readonly onCreate: () => void;
}

function Heading({ folder, sectionId, several, collapsed, onCollapse }: FolderHeaderProps) {
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

/** How many there are, and, once that is known and can be felt, what they take on disk. */
function Count({ folder, found }: { readonly folder: ShownFolder; readonly found: number | null }) {
  const { disk, root } = folder;
  const all = rowCount(folder);
  const whole = counted(strings.count, all, number.whole(all));
  const count = found === null ? whole : fill(strings.countFound, number.whole(found), whole);
  if (disk === undefined || disk.bytes < 1000) return <span class="folder-count quiet">{count}</span>;
  return (
    <button
      type="button"
      class="folder-count quiet"
      data-action="prune"
      title={fill(strings.prune, disk.policy)}
      onClick={() => send({ type: 'prune', root })}
    >
      {fill(strings.countAndSize, count, number.bytes(disk.bytes))}
    </button>
  );
}

export function FolderHeader(props: FolderHeaderProps) {
  const { folder, several, header, found, isFilterOpen, onFilter, onCreate } = props;
  const { busy, problem, branch } = folder;
  return (
    <header ref={header} class={`section-header ${several ? 'several' : ''}`}>
      <div class="heading">
        <Heading {...props} />
      </div>
      {problem === null && (
        <div class="header-actions">
          {folder.pages.length > 0 && (
            <Button
              look="icon"
              glyph="filter"
              label={isFilterOpen ? strings.hideFilter : strings.filter}
              action="filter"
              pressed={isFilterOpen}
              onPress={onFilter}
            />
          )}
          <Button
            label={strings.create}
            action="createCheckpoint"
            glyph="add"
            hint={strings.create}
            onPress={onCreate}
            running={busy === 'checkpoint' ? strings.creating : null}
            disabled={busy !== null}
          />
        </div>
      )}
      {problem === null && (
        <div class="line facts-line">
          <Count folder={folder} found={found} />
          {branch !== null && (
            <span class="branch here quiet" title={fill(strings.branchNow, branch)}>
              <Glyph name="git-branch" />
              <span class="branch-name">{branch}</span>
            </span>
          )}
        </div>
      )}
      {busy !== null && <div class="progress" />}
    </header>
  );
}
