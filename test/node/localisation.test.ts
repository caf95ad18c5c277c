import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CheckpointKind } from '../../src/protocol/checkpoint.ts';
import { labelWords } from '../../src/vscode/checkpoints/labelWords.ts';
import { bundleFile, bundleText, collectStrings, stringsIn } from '../../scripts/exportStrings.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const json = (name: string): Record<string, string> => JSON.parse(read(name)) as Record<string, string>;
const placeholders = (text: string): string[] => (text.match(/\{\d\}/g) ?? []).sort();
const links = (text: string): string[] => (text.match(/\]\(command:[^)]+\)/g) ?? []).sort();
const codes = (text: string): string[] => (text.match(/`[\w.:-]+`/g) ?? []).sort();

/** A translation says the same with the same parts, and something at all. */
function assertSameParts(from: string, to: string | undefined): void {
  assert.ok(to !== undefined && to.trim() !== '', `not translated: ${from}`);
  for (const parts of [placeholders, links, codes]) assert.deepEqual(parts(to), parts(from), to);
  assert.equal(to.endsWith('…'), from.endsWith('…'), to);
}

describe('localisation', () => {
  it('every text of the manifest is there, in English and German, and nothing else', () => {
    const used = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key = '']) => key);
    const english = json('package.nls.json');
    const german = json('package.nls.de.json');
    assert.deepEqual(Object.keys(english).sort(), [...new Set(used)].sort());
    assert.deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(english)) assertSameParts(text, german[key]);
  });

  it('the bundle holds what the code says (`npm run strings` renews it)', () => {
    assert.equal(readFileSync(bundleFile, 'utf8'), bundleText(collectStrings()));
  });

  it('everything the code says is there in German', () => {
    const english = json('l10n/bundle.l10n.json');
    const german = json('l10n/bundle.l10n.de.json');
    assert.deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
    for (const text of Object.keys(english)) assertSameParts(text, german[text]);
  });

  it('no dialog of the editor passes an English message on', () => {
    const passedOn =
      /show(?:Information|Warning|Error)Message(?=\()[^;]*?(?:(?:failure|error|Skipped)\.|[(,] ?)message\b/;
    for (const code of ['(result.failure.message)', '(message)', '(t("{0}", message))'])
      assert.match(`showErrorMessage${code}`, passedOn);
    const folder = path.join(root, 'src', 'vscode');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 50);
    for (const name of files) assert.doesNotMatch(read(path.join('src', 'vscode', name)), passedOn, name);
  });

  it('every label that the engine gives by itself is said in the language of the editor', () => {
    const given = /kind: '([a-z-]+)', label: (?:\w+ \|\| )?(['`])((?:(?!\2).)+)\2/g;
    const engine = readdirSync(path.join(root, 'src', 'checkpoints'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `src/checkpoints/${name}`);
    const labels = [...engine, 'src/hook/protect.ts', 'src/recovery/savedState.ts'].flatMap((name) =>
      [...read(name).matchAll(given)].map(([, kind = '', , label = '']) => ({
        kind: kind as CheckpointKind,
        label: label.replace('${words}', '2 checkpoint commits').replace(/\$\{[^}]*\}/g, 'Edit a.ts'),
        tool: kind === 'tool' ? 'Edit a.ts' : null,
      })),
    );
    assert.ok(labels.length >= 10, JSON.stringify(labels));
    for (const labelled of labels)
      assert.match(
        labelWords(labelled, (text) => `<${text}>`),
        /^<.*>$/,
        labelled.label,
      );
  });

  it('nothing that the editor shows as plain text has the backticks of Markdown', () => {
    for (const name of ['l10n/bundle.l10n.json', 'l10n/bundle.l10n.de.json'])
      for (const text of Object.values(json(name))) assert.equal(text.includes('`'), false, text);
    const plain = /^command\.|^setting\..*\.(?:used|left|icon|hidden|commit)$/;
    for (const name of ['package.nls.json', 'package.nls.de.json'])
      for (const [key, text] of Object.entries(json(name)))
        if (plain.test(key)) assert.equal(text.includes('`'), false, text);
  });

  it('what is put together from pieces is refused', () => {
    assert.deepEqual(stringsIn('a.ts', "said('Three'); throw new CheckpointError('busy', 'Four {0}', [x])"), [
      'Three',
      'Four {0}',
    ]);
    assert.throws(() => stringsIn('a.ts', 'new CheckpointError("busy", `Four ${x}`)'), /what is translated/);
    assert.deepEqual(stringsIn('a.ts', "t('One'); vscode.l10n.t('Two {0}', x); other('Three')"), ['One', 'Two {0}']);
    assert.throws(() => stringsIn('src/a.ts', "t('One' + two)"), /src\/a\.ts:1: what is translated/);
    assert.throws(() => stringsIn('src/a.ts', '\nt(`One ${two}`)'), /:2:/);
  });
});
