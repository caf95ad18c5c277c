/** What one event says of a document's text. */
export interface TextEdit {
  readonly at: number;
  readonly changes: readonly TextChange[];
  /** false: the editor has read the file anew, or has not got round to saying that it differs */
  readonly isDirty: boolean;
  readonly isUndo: boolean;
}

export interface TextChange {
  /** lines that the replaced range reached over, beyond its first */
  readonly replacedLines: number;
  readonly replacedLength: number;
  readonly text: string;
}

/** Nobody types so much in this time; pasting a screenful is like an agent's edit, and costs one look by git. */
const largeEdit = { windowMs: 2000, lines: 20, characters: 2000, documents: 3 } as const;

/** A save that has not ended by then has failed. */
const longestSaveMs = 5000;

interface Document {
  /** of the last seconds */
  recent: { readonly at: number; readonly lines: number; readonly characters: number }[];
  isLarge: boolean;
  savingSince: number | null;
}

/** Tells large edits in open documents from typing. Documents are named by whatever tells them apart. */
export class TextEdits {
  readonly #documents = new Map<string, Document>();

  /** Answers whether the document now holds a large edit of which this event is a part. */
  changed(name: string, edit: TextEdit): boolean {
    const document = this.#document(name);
    // What a formatter does between "will save" and "saved" belongs to that save.
    const isSaving = document.savingSince !== null && edit.at - document.savingSince < longestSaveMs;
    if (edit.isUndo || isSaving) return false;
    document.recent = document.recent.filter(({ at }) => edit.at - at <= largeEdit.windowMs);
    if (edit.changes.length > 0) document.recent.push({ at: edit.at, ...measure(edit.changes) });
    if (!edit.isDirty || document.recent.length === 0) return false;
    const sum = (key: 'lines' | 'characters'): number => document.recent.reduce((all, one) => all + one[key], 0);
    const several = this.#recentlyChanged(edit.at);
    const isMany = several.length >= largeEdit.documents;
    if (isMany) for (const one of several) one.isLarge = true;
    const isLarge = isMany || sum('lines') >= largeEdit.lines || sum('characters') >= largeEdit.characters;
    document.isLarge ||= isLarge;
    return isLarge;
  }

  /** Answers whether a large edit is about to be saved. */
  willSave(name: string, at: number): boolean {
    const document = this.#document(name);
    document.savingSince = at;
    return document.isLarge;
  }

  /** Answers whether a large edit was saved. */
  saved(name: string): boolean {
    const isLarge = this.#documents.get(name)?.isLarge ?? false;
    this.#documents.delete(name);
    return isLarge;
  }

  closed(name: string): void {
    this.#documents.delete(name);
  }

  #document(name: string): Document {
    const known = this.#documents.get(name);
    if (known) return known;
    const made = { recent: [], isLarge: false, savingSince: null };
    this.#documents.set(name, made);
    return made;
  }

  #recentlyChanged(now: number): Document[] {
    return [...this.#documents.values()].filter(({ recent }) =>
      recent.some(({ at }) => now - at <= largeEdit.windowMs),
    );
  }
}

function measure(changes: readonly TextChange[]): { lines: number; characters: number } {
  let lines = 0;
  let characters = 0;
  for (const { text, replacedLines, replacedLength } of changes) {
    lines += Math.max(text.split('\n').length - 1, replacedLines);
    characters += Math.max(text.length, replacedLength);
  }
  return { lines, characters };
}
