import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commandLine, eventually } from '../../commandLine.ts';

interface Listed {
  readonly id: string;
  readonly tree: string;
  readonly label: string;
  readonly pinned: boolean;
}

describe('the tools for checkpoints', () => {
  const root = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const file = (name: string): string => join(root(), name);
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root(), encoding: 'utf8' });
  const list = async (): Promise<readonly Listed[]> =>
    (await commandLine<{ checkpoints: Listed[] }>('checkpoint', 'list', '--repo', root())).checkpoints;
  const command = <Value>(name: string, ...args: unknown[]): Thenable<Value> =>
    vscode.commands.executeCommand<Value>(`softLanding.${name}`, ...args);
  const odd = 'odd #1 100%? ünï.txt';
  // Every byte there is, and none of it UTF-8.
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => 255 - at));
  const address = (side: object, name: string): vscode.Uri =>
    vscode.Uri.file(file(name)).with({
      scheme: 'soft-landing',
      query: JSON.stringify({ root: root(), file: name, ...side }),
    });
  let made: Listed;

  before(async () => {
    writeFileSync(file(odd), bytes);
    symlinkSync('README.md', file('link'));
    writeFileSync(file('becomes'), 'a file\n');
    made = await command<Listed>('createCheckpoint', root());
    assert.ok(made.id);
    rmSync(file('becomes'));
    writeFileSync(file(odd), 'other\n');
    writeFileSync(file('README.md'), '# Changed\n');
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of [odd, 'link', 'README.md']) rmSync(file(name), { force: true });
    git('checkout', '--', 'README.md');
  });

  it('a file in a checkpoint is read byte for byte, whatever it is called, and never written', async () => {
    const side = { checkpoint: made.id, tree: made.tree };
    assert.deepEqual(Buffer.from(await vscode.workspace.fs.readFile(address(side, odd))), bytes);
    const { size, type, permissions } = await vscode.workspace.fs.stat(address(side, odd));
    assert.deepEqual([size, type, permissions], [256, vscode.FileType.File, vscode.FilePermission.Readonly]);
    const read = async (name: string): Promise<string> =>
      Buffer.from(await vscode.workspace.fs.readFile(address(side, name))).toString();
    assert.equal(await read('link'), 'README.md');
    assert.equal(await read('becomes'), 'a file\n');
    assert.equal(await read('README.md'), '# A small repository\n');
    await assert.rejects(async () => read('nowhere.txt'), /not in this checkpoint/);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(address(side, odd), bytes));
    await assert.rejects(async () => vscode.workspace.fs.delete(address(side, odd)));
    assert.equal(vscode.workspace.fs.isWritableFileSystem('soft-landing'), false);
  });

  it('an address that somebody made up opens nothing', async () => {
    const lies = [
      { checkpoint: null, tree: 'HEAD' },
      { checkpoint: null, tree: '--all' },
      { checkpoint: 42, tree: made.tree },
      { checkpoint: made.id, tree: made.tree, root: '/somewhere/else' },
      { checkpoint: made.id, tree: made.tree, file: '../../etc/passwd' },
    ];
    for (const lie of lies) await assert.rejects(async () => vscode.workspace.fs.readFile(address(lie, 'README.md')));
  });

  it('"Show Changes Since This Checkpoint" opens one editor with all text files', async () => {
    assert.equal(await command('showChangesSince', root(), made.id), 3);
    const tab = await eventually('the editor', () => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      return Promise.resolve(activeTab?.label.includes('Manual checkpoint') ? activeTab : undefined);
    });
    assert.match(tab.label, /^Since “Manual checkpoint”/);
    // As the panel's menu passes it.
    assert.equal(await command('showChangesSince', { checkpointRoot: root(), checkpointId: made.id }), 3);
    assert.equal(await command('showCheckpointChanges', root(), 'no-such-checkpoint'), undefined);
  });

  it('where the editor has no multi-diff editor, as some forks have none, one file after the other is offered', async () => {
    const { executeCommand } = vscode.commands;
    const { showQuickPick } = vscode.window;
    let offered: readonly string[] = [];
    const without = (name: string, ...args: unknown[]): Thenable<unknown> =>
      name === 'vscode.changes'
        ? Promise.reject(new Error("command 'vscode.changes' not found"))
        : executeCommand(name, ...args);
    const pick = (items: readonly vscode.QuickPickItem[]): Promise<vscode.QuickPickItem | undefined> => {
      offered = items.map(({ label }) => label);
      return Promise.resolve(items.find(({ label }) => label.endsWith('README.md')));
    };
    Object.assign(vscode.commands, { executeCommand: without });
    Object.assign(vscode.window, { showQuickPick: pick });
    try {
      assert.equal(await command('showChangesSince', root(), made.id), 3);
    } finally {
      Object.assign(vscode.commands, { executeCommand });
      Object.assign(vscode.window, { showQuickPick });
    }
    assert.deepEqual(offered.map((label) => label.replace(/^.*\) /, '')).sort(), ['README.md', 'becomes', odd].sort());
    const tab = await eventually('the diff', () =>
      Promise.resolve(vscode.window.tabGroups.activeTabGroup.activeTab?.input ?? undefined),
    );
    assert.ok(tab instanceof vscode.TabInputTextDiff);
    assert.equal(tab.modified.fsPath, file('README.md'));
    assert.equal(tab.original.scheme, 'soft-landing');
  });

  it('pins, unpins and copies', async () => {
    const pinned = async (): Promise<boolean | undefined> => (await list()).find(({ id }) => id === made.id)?.pinned;
    await command('pinCheckpoint', { checkpointRoot: root(), checkpointId: made.id });
    assert.equal(await pinned(), true);
    await command('unpinCheckpoint', root(), made.id);
    assert.equal(await pinned(), false);
    assert.equal(await command('copyCheckpointId', root(), made.id), made.id);
    assert.equal(await vscode.env.clipboard.readText(), made.id);
    assert.equal(await command('pinCheckpoint', '/no/such/folder', made.id), undefined);
  });

  it('the settings of the policy reach hook and command line; nothing goes before somebody agrees', async () => {
    const retention = vscode.workspace.getConfiguration('softLanding.checkpoints');
    const stored = (): string => {
      const settings = join(root(), '.git', 'soft-landing', 'settings.json');
      return existsSync(settings) ? readFileSync(settings, 'utf8') : '';
    };
    const settled = (text: string): Promise<true> =>
      eventually(text, () => Promise.resolve(stored().includes(text) || undefined));
    const kinds = ['prompt', 'tool', 'turn'];
    for (const kind of kinds) {
      writeFileSync(file('README.md'), `# ${kind}\n`);
      hook(kind);
    }
    const before = (await list()).map(({ id }) => id);
    await retention.update('retention', { maxCount: 2 }, vscode.ConfigurationTarget.Global);
    try {
      await settled('"maxCount":2');
      const plan = await commandLine<{ deleted: Listed[] }>('checkpoint', 'prune', '--dry-run', '--repo', root());
      assert.equal(plan.deleted.length > 0, true);
      assert.deepEqual(
        (await list()).map(({ id }) => id),
        before,
      );
      // Now somebody has: as the notification's `Delete` leaves it.
      const settings = join(root(), '.git', 'soft-landing', 'settings.json');
      const agreed = { ...(JSON.parse(stored()) as object), pruningApproved: true };
      writeFileSync(settings, JSON.stringify(agreed));
      await retention.update('retention', { maxCount: 1 }, vscode.ConfigurationTarget.Global);
      await settled('"maxCount":1');
      const left = await eventually('the policy to be followed', async () => {
        const now = await list();
        return now.length < before.length ? now : undefined;
      });
      assert.ok(
        left.some(({ id }) => id === made.id),
        'a manual one went',
      );
      assert.equal(left[0]?.id, before[0]);
    } finally {
      await retention.update('retention', undefined, vscode.ConfigurationTarget.Global);
      await settled('"maxCount":500');
    }
  });

  it('says clearly that a checkpoint has been deleted', async () => {
    await commandLine('checkpoint', 'delete', made.id, '--repo', root());
    const side = { checkpoint: made.id, tree: made.tree };
    await assert.rejects(async () => vscode.workspace.fs.readFile(address(side, 'src/app.ts')), /has been deleted/);
  });

  /** An automatic checkpoint, as an agent's hook makes it. */
  function hook(kind: string): void {
    const names: Record<string, string> = { prompt: 'UserPromptSubmit', tool: 'PreToolUse', turn: 'Stop' };
    const event = {
      hook_event_name: names[kind],
      session_id: 's',
      cwd: root(),
      transcript_path: '/t.jsonl',
      prompt: kind,
      tool_name: 'Edit',
      tool_input: { file_path: file('README.md') },
    };
    const folder = vscode.extensions.getExtension('soft-landing.soft-landing')?.extensionPath ?? '';
    execFileSync(process.execPath, [join(folder, 'dist', 'hook.cjs'), 'claude'], { input: JSON.stringify(event) });
  }
});
