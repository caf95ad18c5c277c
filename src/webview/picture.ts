import type { ChangeSize, HostMessage, PanelPicture, PictureFolder, TurnView } from '../protocol/panelPicture.ts';

/** A page of checkpoints; `body` is null until it has been sent. */
export interface ShownPage {
  readonly key: number;
  readonly turns: number;
  readonly rows: number;
  readonly body: readonly TurnView[] | null;
}

export interface ShownFolder extends Omit<PictureFolder, 'pages'> {
  readonly pages: readonly ShownPage[];
}

export interface ShownPicture extends Omit<PanelPicture, 'folders'> {
  readonly folders: readonly ShownFolder[];
}

/** As many pages as the host answers for at once. */
const mostAsked = 32;

/** The host is trusted for the contents; this only tells its messages from whatever else is posted into the frame. */
function isHostMessage(value: unknown): value is HostMessage {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  switch (value.type) {
    case 'snapshot':
      return 'revision' in value && 'folders' in value && 'bodies' in value && 'gauge' in value;
    case 'pages':
      return 'bodies' in value;
    default:
      return value.type === 'sizes' && 'sizes' in value;
  }
}

/** What the host has told so far: the newest picture, and the pages of it that were sent. */
export class PictureKeeper {
  picture: ShownPicture | null = null;
  /** by `sizeKey` */
  sizes: Readonly<Record<string, ChangeSize>> = {};
  #bodies = new Map<number, readonly TurnView[]>();

  /** Whether there is something else to draw. A picture that overtook a newer one changes nothing. */
  take(message: unknown): boolean {
    if (!isHostMessage(message)) return false;
    if (message.type === 'sizes') {
      const told = message.sizes.map(({ from, to, ...size }) => [sizeKey([from, to]), size] as const);
      this.sizes = { ...this.sizes, ...Object.fromEntries(told) };
      return true;
    }
    const current = this.picture;
    if (message.type === 'snapshot') {
      if (current !== null && message.revision < current.revision) return false;
      const named = new Set(message.folders.flatMap(({ pages }) => pages.map(({ key }) => key)));
      this.#bodies = new Map([...this.#bodies].filter(([key]) => named.has(key)));
    }
    // A page that is known already is the same one, and its list need not be laid out anew.
    for (const { key, turns } of message.bodies) if (!this.#bodies.has(key)) this.#bodies.set(key, turns);
    if (message.type === 'snapshot') {
      this.picture = { ...message, folders: message.folders.map((folder) => this.#filled(folder)) };
    } else if (current !== null) {
      this.picture = { ...current, folders: current.folders.map((folder) => this.#filled(folder)) };
    }
    return true;
  }

  /** Pages to ask for, the newest first. */
  missing(): readonly number[] {
    const pages = this.picture?.folders.flatMap((folder) => folder.pages) ?? [];
    return pages.flatMap(({ key, body }) => (body === null ? [key] : [])).slice(0, mostAsked);
  }

  /** The same array as before where nothing has changed: lists are laid out anew only when it is another. */
  #filled(folder: PictureFolder): ShownFolder {
    const pages = folder.pages.map(({ key, turns, rows }) => ({
      key,
      turns,
      rows,
      body: this.#bodies.get(key) ?? null,
    }));
    const before = this.picture?.folders.find(({ root }) => root === folder.root)?.pages;
    const isSame =
      before?.length === pages.length &&
      pages.every(({ key, body }, at) => before[at]?.key === key && before[at].body === body);
    return { ...folder, pages: isSame ? before : pages };
  }
}

/** Names what lies between two checkpoints. */
export function sizeKey([from, to]: readonly [string, string]): string {
  return `${from}>${to}`;
}

export function rowCount(folder: ShownFolder): number {
  return folder.pages.reduce((sum, { rows }) => sum + rows, 0);
}
