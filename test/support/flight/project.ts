/** A small project with real tests, and a refactoring of it that breaks everything between its first edit and its last. */
export interface Chunk {
  readonly before: string;
  readonly after: string;
  /** every file that has the name, the one that defines it first */
  readonly files: readonly string[];
}

const users = ['cart', 'invoice', 'receipt', 'report', 'statement'];

/** Two names are changed, each in six files; no name is a part of another word. */
export const chunks: readonly Chunk[] = [
  { before: 'fmt', after: 'formatMoney', files: ['src/money.js', ...users.map((name) => `src/${name}.js`)] },
  { before: 'vat', after: 'taxShare', files: ['src/tax.js', ...users.map((name) => `src/${name}.js`)] },
];

/** How a person would have it tested. */
export const verifyCommand = 'node --test test/all.test.js';

export function projectFiles(): Readonly<Record<string, string>> {
  const modules = users.map((name, index): readonly [string, string] => [
    `src/${name}.js`,
    [
      `import { fmt } from './money.js';`,
      `import { vat } from './tax.js';`,
      '',
      `export function ${name}(amount) {`,
      `  return '${name}: ' + fmt(amount * ${index + 1} + vat(amount));`,
      '}',
      '',
    ].join('\n'),
  ]);
  const tests = users.map((name, index) =>
    [
      `test('${name}', () => {`,
      `  assert.equal(${name}(100), '${name}: ' + (${(index + 1) * 100 + 19}).toFixed(2) + ' EUR');`,
      '});',
    ].join('\n'),
  );
  return {
    'package.json': '{ "name": "till", "private": true, "type": "module" }\n',
    'src/money.js': `export function fmt(amount) {\n  return amount.toFixed(2) + ' EUR';\n}\n`,
    'src/tax.js': `export function vat(amount) {\n  return amount * 0.19;\n}\n`,
    ...Object.fromEntries<string>(modules),
    'test/all.test.js': [
      `import assert from 'node:assert/strict';`,
      `import { test } from 'node:test';`,
      ...users.map((name) => `import { ${name} } from '../src/${name}.js';`),
      '',
      ...tests,
      '',
    ].join('\n'),
  };
}
