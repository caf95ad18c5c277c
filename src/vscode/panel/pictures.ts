import type { PanelSnapshot } from '../../protocol/panel.ts';
import type { PageBody, PagesMessage, PanelPicture, PictureFolder } from '../../protocol/panelPicture.ts';
import { CheckpointPages } from './checkpointPages.ts';

/** So many checkpoints of each folder come along with a picture: what the tallest side bar shows at once. */
const rowsAlong = 48;

/** Makes the panel's pictures from snapshots, and keeps the pages that they name. */
export class Pictures {
  readonly #folders = new Map<string, CheckpointPages>();
  #lastKey = 0;

  picture(snapshot: PanelSnapshot): PanelPicture {
    const roots = new Set(snapshot.folders.map(({ root }) => root));
    for (const root of this.#folders.keys()) if (!roots.has(root)) this.#folders.delete(root);
    const along = new Set<number>();
    const folders = snapshot.folders.map(({ checkpoints, ...folder }): PictureFolder => {
      const pages = this.#pagesOf(folder.root).update(checkpoints);
      let rows = 0;
      for (const page of pages) {
        if (rows >= rowsAlong) break;
        along.add(page.key);
        rows += page.rows;
      }
      return { ...folder, pages };
    });
    return { ...snapshot, folders, bodies: this.#bodies(along) };
  }

  pages(keys: readonly number[]): PagesMessage {
    return { type: 'pages', bodies: this.#bodies(new Set(keys)) };
  }

  #bodies(keys: ReadonlySet<number>): readonly PageBody[] {
    return [...this.#folders.values()].flatMap((pages) => pages.bodies(keys));
  }

  #pagesOf(root: string): CheckpointPages {
    const known = this.#folders.get(root);
    if (known !== undefined) return known;
    const made = new CheckpointPages(() => ++this.#lastKey);
    this.#folders.set(root, made);
    return made;
  }
}
