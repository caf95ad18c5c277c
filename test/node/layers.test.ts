import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
// @ts-expect-error -- plain JavaScript, shared with eslint.config.mjs
import { layers as layerTable } from '../../layers.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
const layers = layerTable as Readonly<Record<string, readonly string[]>>;
const rule = '@typescript-eslint/no-restricted-imports';
// This rule alone, which asks for no types: looking those up takes most of a lint's time.
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => ruleId === rule,
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

/** Not a main.ts: programs are imported by nobody. */
function firstFile(folder: string): string {
  const isModule = (entry: string): boolean => /\.tsx?$/.test(entry) && !/^main\.ts$|\.d\.ts$/.test(entry);
  const name = readdirSync(folder).find(isModule);
  assert.ok(name, folder);
  return path.join(folder, name);
}

/**
 * Plants imports into a file and answers those that the layer rules refuse.
 */
async function refusedIn(filePath: string, statements: readonly string[]): Promise<string[]> {
  const [result] = await eslint.lintText(`${statements.join('\n')}\n`, { filePath });
  assert.ok(result);
  assert.equal(result.fatalErrorCount, 0, JSON.stringify(result.messages));
  const hits = result.messages.filter(({ ruleId }) => ruleId === rule);
  return [...new Set(hits.map(({ line }) => statements[line - 1] ?? ''))];
}

describe('layers', function () {
  this.timeout(120_000);
  const names = Object.keys(layers);
  const layerFile = (layer: string): string => firstFile(path.join(root, 'src', layer));

  it('knows every folder of src', () => {
    const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map((entry) => entry.name).sort(), [...names].sort());
  });

  for (const layer of names) {
    it(`src/${layer} is refused what it may not import, and given what it may`, async () => {
      const others = names.filter((name) => name !== layer);
      const importOf = (name: string): string => `import type {} from '../${name}/${path.basename(layerFile(name))}';`;
      const planted = [
        ...others.map((name) => [importOf(name), layers[layer]?.includes(name) === true] as const),
        [`import 'vscode';`, layer === 'vscode'] as const,
        [`import 'preact/hooks';`, layer === 'webview'] as const,
        [`import 'simple-git';`, layer === 'checkpoints'] as const,
        [`import '@modelcontextprotocol/sdk/types.js';`, layer === 'mcp'] as const,
        [`import '../extension.ts';`, false] as const,
      ];
      const refused = await refusedIn(
        layerFile(layer),
        planted.map(([statement]) => statement),
      );
      assert.deepEqual(
        refused,
        planted.filter(([, isAllowed]) => !isAllowed).map(([statement]) => statement),
      );
    });
  }

  it('also from deeper folders', async () => {
    const statement = `import type {} from '../../vscode/log.ts';`;
    assert.deepEqual(await refusedIn(layerFile('agents/claude'), [statement]), [statement]);
  });

  it('the panel gets neither Node nor schemas', async () => {
    const forbidden = [`import 'node:fs';`, `import { panelMessageSchema } from '../protocol/panel.ts';`];
    const allowed = `import type { PanelMessage } from '../protocol/panel.ts';`;
    assert.deepEqual(await refusedIn(layerFile('webview'), [...forbidden, allowed]), forbidden);
  });

  it('unit tests touch no disk', async () => {
    const file = path.join(import.meta.dirname, '..', 'unit', 'store', 'stateFolder.test.ts');
    const statements = [`import 'node:fs';`, `import 'node:fs/promises';`, `import 'node:child_process';`];
    assert.deepEqual(await refusedIn(file, statements), statements);
  });
});
