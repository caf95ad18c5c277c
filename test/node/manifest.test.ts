import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { commandIds } from '../../src/vscode/commandIds.ts';
import { contextKeys } from '../../src/vscode/contextKeyIds.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

interface Setting {
  readonly default: unknown;
  readonly markdownDescription: string;
  readonly order?: number;
  readonly scope?: string;
}
interface Step {
  readonly id: string;
  readonly description: string;
  readonly completionEvents: readonly string[];
  readonly media: { readonly svg: string; readonly altText: string };
}
interface Manifest {
  readonly icon: string;
  readonly engines: { readonly vscode: string };
  readonly extensionKind: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly icon?: string;
      readonly enablement?: string;
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly viewsContainers: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
    readonly mcpServerDefinitionProviders: readonly { readonly id: string }[];
  };
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const { commands, configuration, menus, views, viewsContainers, walkthroughs } = manifest.contributes;
const source = readdirSync(path.join(root, 'src', 'vscode'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');
const declared = new Set(commands.map(({ command }) => command));
const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
const english = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
/** What a text of the manifest says, through its key. */
const text = (given: string): string => english[/^%(.+)%$/.exec(given)?.[1] ?? ''] ?? given;

describe('manifest', () => {
  it('declares exactly the commands that the code has, each with a title of its own, under one category', () => {
    assert.deepEqual([...declared].sort(), Object.values(commandIds).sort());
    assert.deepEqual([...new Set(commands.map(({ category }) => category))], ['Soft Landing']);
    const titles = commands.map(({ title }) => text(title));
    assert.equal(new Set(titles).size, titles.length);
    for (const title of titles) assert.match(title, /^[A-Z`].*[^.]$/);
  });

  it('names only what is declared in menus and in the walkthrough', () => {
    for (const { command } of Object.values(menus).flat()) assert.ok(declared.has(command), command);
    for (const { id, description } of steps) {
      const links = [...text(description).matchAll(/\]\(command:([\w.]+)/g)].map(([, link = '']) => link);
      assert.ok(links.length > 0, id);
      for (const link of links) assert.ok(declared.has(link) || link.startsWith('workbench.action.'), link);
    }
  });

  it('goes by context keys that the code sets, or that the editor has', () => {
    const ofEditor =
      /^(?:isWorkspaceTrusted|workspaceFolderCount|resourceScheme|explorerResourceIsFolder|view|webviewId|webviewSection|scmProvider)$/;
    // In the panel's rows: data-vscode-context.
    const ofPanel = /^checkpoint\w+$/;
    const clauses = [...Object.values(menus).flat(), ...commands.map(({ enablement = '' }) => ({ when: enablement }))];
    const known = new Set<string>(Object.values(contextKeys));
    for (const { when } of clauses) {
      const words = when.replaceAll(/'[^']*'|==\s*[\w.]+|>\s*\d+/g, ' ').match(/[A-Za-z][\w.]*/g) ?? [];
      for (const word of words)
        assert.ok(known.has(word) || ofEditor.test(word) || ofPanel.test(word), `${word}: ${when}`);
    }
  });

  it('has a walkthrough of at most five steps, each with a picture and with an end that really comes', () => {
    assert.equal(walkthroughs.length, 1);
    assert.ok(source.includes(`soft-landing.soft-landing#${walkthroughs[0]?.id ?? ''}`));
    assert.ok(steps.length > 0 && steps.length <= 5);
    const ends: Readonly<Record<string, ReadonlySet<string>>> = {
      onContext: new Set(Object.values(contextKeys)),
      onCommand: declared,
      onView: new Set(Object.values(views).flatMap((all) => all.map(({ id }) => id))),
      onSettingChanged: new Set(Object.keys(configuration.properties)),
    };
    for (const { id, media, completionEvents } of steps) {
      assert.ok(existsSync(path.join(root, media.svg)) && text(media.altText).length > 10, id);
      assert.ok(completionEvents.length > 0, id);
      for (const event of completionEvents) {
        const [kind = '', what = ''] = event.split(':');
        assert.ok(ends[kind]?.has(what), event);
      }
    }
  });

  it('declares exactly the settings that the code reads, at most 15, each described, with default, order and scope', () => {
    const found = source.matchAll(/(?:read|user|configuration\.get|inspect<unknown>)\(\s*'([\w.]+)'/g);
    const read = [...new Set([...found].map(([, key = '']) => `softLanding.${key}`))].sort();
    const { properties } = configuration;
    assert.deepEqual(Object.keys(properties).sort(), read);
    assert.ok(read.length <= 15, `${read.length} settings`);
    for (const [key, setting] of Object.entries(properties)) {
      assert.ok('default' in setting && text(setting.markdownDescription).endsWith('.'), key);
      assert.ok(setting.order !== undefined && setting.scope !== undefined, key);
    }
    const orders = Object.values(properties).map(({ order = 0 }) => order);
    assert.deepEqual(
      orders,
      orders.map((_, at) => at + 1),
    );
    for (const key of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations)
      assert.ok(key in properties, key);
  });

  it('runs where the files are, and limited in untrusted workspaces', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, 'limited');
  });

  it('offers the MCP servers that the code provides', () => {
    for (const { id } of manifest.contributes.mcpServerDefinitionProviders) assert.ok(source.includes(`'${id}'`), id);
  });

  it('names files that exist', () => {
    const icons = [...commands, ...Object.values(views).flat(), ...Object.values(viewsContainers).flat()];
    const files = icons.map(({ icon = '' }) => icon).filter((icon) => !icon.startsWith('$(') && icon !== '');
    for (const file of [manifest.icon, ...files]) assert.ok(existsSync(path.join(root, file)), file);
  });

  it('takes its types from the oldest editor it promises to run on', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode'] ?? ''}`);
  });

  it('pins every dependency', () => {
    for (const [name, version] of Object.entries(manifest.devDependencies))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });
});
