import type { CodePiece } from '../agents/workItem.ts';
import type { Call } from './turn.ts';

/** A file to be written into the report's folder. */
export interface SalvagedFile {
  readonly name: string;
  readonly content: string;
}

export interface SalvagedCall {
  readonly call: Call;
  readonly files: readonly SalvagedFile[];
  /** whether all its code stands in the tree already: it ran, and only the word of it is missing */
  readonly isInTree: boolean;
}

/**
 * Code of tool calls that have no result, as files. Names are made here: what an agent calls a file may lead anywhere.
 * @param inTree the present content of a file as the agent named it; null where there is none, or it cannot be told
 */
export function salvage(calls: readonly Call[], inTree: (path: string) => string | null): readonly SalvagedCall[] {
  let number = 0;
  return calls.map((call) => {
    const files = call.pieces.flatMap((piece) => {
      number += 1;
      return filesOf(piece, call.tool, String(number).padStart(2, '0'));
    });
    return { call, files, isInTree: call.pieces.length > 0 && call.pieces.every((piece) => isThere(piece, inTree)) };
  });
}

function filesOf(piece: CodePiece, tool: string, number: string): readonly SalvagedFile[] {
  const name = `${number}-${safeName(piece.path) ?? safeName(tool) ?? 'piece'}`;
  switch (piece.form) {
    case 'whole':
      return [{ name, content: piece.text }];
    case 'patch':
      return [{ name: `${name}.patch`, content: piece.text }];
    case 'replacement':
      return [
        ...(piece.before === null ? [] : [{ name: `${name}.before.txt`, content: piece.before }]),
        { name: `${name}.after.txt`, content: piece.text },
      ];
  }
}

/** The last part of a path, without anything that a file system or a shell could take for something else. */
function safeName(path: string | null): string | null {
  const last = path?.split(/[/\\]/).at(-1) ?? '';
  const safe = last
    .replaceAll(/[^\w.-]/g, '_')
    .replace(/^\.+/, '')
    .slice(0, 80);
  return safe === '' ? null : safe;
}

function isThere({ path, form, text, before }: CodePiece, inTree: (path: string) => string | null): boolean {
  const content = path === null ? null : inTree(path);
  if (content === null || form === 'patch') return false;
  if (form === 'whole') return content === text;
  return (
    text !== '' &&
    content.includes(text) &&
    (before === null || before === '' || !content.includes(before) || text.includes(before))
  );
}
