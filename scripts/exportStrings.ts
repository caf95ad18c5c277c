// Collects what the editor side says into l10n/bundle.l10n.json, from which translations are made: `npm run strings`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');
/** Where words for people in the editor come from. What others say too (the command line, in English) is given its `t` by who shows it. */
const folders = ['src/vscode', 'src/budget', 'src/protocol', 'src/checkpoints', 'src/plan', 'src/install'];

export const bundleFile = path.join(root, 'l10n', 'bundle.l10n.json');

/** Every message given to `t`, sorted. Throws at one that is put together: nobody could translate it. */
export function collectStrings(): readonly string[] {
  const found = new Set<string>();
  for (const folder of folders) {
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const file = path.join(entry.parentPath, entry.name);
      for (const message of stringsIn(file, readFileSync(file, 'utf8'))) found.add(message);
    }
  }
  return [...found].sort();
}

export function stringsIn(file: string, text: string): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const message = messageOf(node, source);
    if (message !== null) {
      if (message === undefined || !ts.isStringLiteralLike(message)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        throw new Error(`${path.relative(root, file)}:${line + 1}: what is translated must be one plain string`);
      }
      found.push(message.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The argument that is translated; undefined: it is missing; null: the node tells nobody anything. */
function messageOf(node: ts.Node, source: ts.SourceFile): ts.Expression | undefined | null {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return null;
  const [first, second] = node.arguments ?? [];
  const name = node.expression.getText(source);
  if (ts.isNewExpression(node)) return name === 'CheckpointError' ? second : null;
  return /^(?:t|(?:vscode\.)?l10n\.t|said|phrase)$/.test(name) ? first : null;
}

export function bundleText(strings: readonly string[]): string {
  return `${JSON.stringify(Object.fromEntries(strings.map((message) => [message, message])), null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(bundleFile, bundleText(collectStrings()));
