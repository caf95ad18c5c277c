import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { layers, modules } from './layers.mjs';

const layerNames = Object.keys(layers);

/** The import rules of one layer, as patterns over the relative, extension-carrying specifiers this project uses. */
function importRule(layer) {
  const forbidden = layerNames.filter((name) => name !== layer && !layers[layer].includes(name));
  const patterns = [
    {
      regex: `^(?:\\.\\./)+(?:${[...forbidden, 'extension', 'cli/main', 'hook/main', 'mcp/main'].join('|')})(?:/|\\.ts|$)`,
      message: `src/${layer} may import only: ${layers[layer].join(', ') || 'nothing else of src'} (layers.mjs).`,
    },
  ];
  for (const [module, users] of Object.entries(modules)) {
    if (!users.includes(layer)) {
      patterns.push({ regex: `^${module}(?:/|$)`, message: `Only src/${users.join(', src/')} may import ${module}.` });
    }
  }
  if (layer === 'webview') {
    patterns.push({ regex: '^node:', message: 'The panel runs in a browser frame: no Node modules.' });
    patterns.push({
      regex: '^(?:\\.\\./)+protocol/',
      allowTypeImports: true,
      message: 'The panel takes only types from src/protocol: schemas would cost it their library.',
    });
  }
  return ['error', { patterns }];
}

export default tseslint.config(
  { ignores: ['dist/', 'artifacts/', 'node_modules/', 'test/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports: one name for one thing.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines it.' },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      // The hook, the CLI and the worker run on Node 18, which lacks these; TypeScript's es2023 library does not.
      'no-restricted-properties': [
        'error',
        ...['toSorted', 'toReversed', 'toSpliced'].map((property) => ({ property, message: 'Not in Node 18.' })),
      ],
    },
  },
  ...layerNames.map((layer) => ({
    files: [`src/${layer}/**/*.ts`, `src/${layer}/**/*.tsx`],
    rules: { '@typescript-eslint/no-restricted-imports': importRule(layer) },
  })),
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': 'off' },
  },
  {
    files: ['test/unit/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(node:(fs|child_process|worker_threads|net|http)|vscode$)',
              message: 'Unit tests touch no disk, no process, no editor.',
            },
          ],
        },
      ],
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
);
