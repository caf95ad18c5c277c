import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..');
interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: string[] };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string; readonly icon?: string }[];
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly default: unknown; readonly markdownDescription: string }>
      >;
    };
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
  };
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const source = readdirSync(path.join(root, 'src', 'vscode'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');

describe('manifest', () => {
  it('declares exactly the commands that the code has, under one category', () => {
    const inCode = [...source.matchAll(/: '(softLanding\.\w+)',/g)].map(([, id]) => id).sort();
    assert.deepEqual(manifest.contributes.commands.map(({ command }) => command).sort(), inCode);
    assert.deepEqual([...new Set(manifest.contributes.commands.map(({ category }) => category))], ['Soft Landing']);
  });

  it('puts only declared commands into menus', () => {
    const declared = new Set(manifest.contributes.commands.map(({ command }) => command));
    for (const { command } of Object.values(manifest.contributes.menus).flat())
      assert.ok(declared.has(command), command);
  });

  it('declares exactly the settings that the code reads, each described and with a default', () => {
    const keys = [...source.matchAll(/(?:read|configuration\.get|user)\('([\w.]+)'/g)].map(([, key = '']) => key);
    const read = [...new Set(keys)].map((key) => `softLanding.${key}`).sort();
    const { properties } = manifest.contributes.configuration;
    assert.deepEqual(Object.keys(properties).sort(), read);
    for (const [key, setting] of Object.entries(properties)) {
      assert.ok('default' in setting && setting.markdownDescription.endsWith('.'), key);
    }
    for (const key of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations)
      assert.ok(key in properties, key);
  });

  it('runs limited in untrusted workspaces', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
  });

  it('names files that exist', () => {
    const icons = manifest.contributes.commands
      .map(({ icon = '' }) => icon)
      .filter((icon) => icon.startsWith('media/'));
    for (const file of [
      manifest.icon,
      ...icons,
      ...Object.values(manifest.contributes.views)
        .flat()
        .map(({ icon }) => icon),
    ]) {
      assert.ok(existsSync(path.join(root, file)), file);
    }
  });

  it('takes its types from the oldest editor it promises to run on', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode'] ?? ''}`);
  });

  it('pins every dependency', () => {
    for (const [name, version] of Object.entries(manifest.devDependencies))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });
});
