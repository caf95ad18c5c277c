import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually } from '../../commandLine.ts';

describe('checkpoints with several folders', () => {
  const folder = (name: string): string =>
    vscode.workspace.workspaceFolders?.find((one) => one.name === name)?.uri.fsPath ?? '';
  const create = async (root: string) =>
    vscode.commands.executeCommand<{ readonly id: string } | undefined>('softLanding.createCheckpoint', root);

  it('each repository has its own, and a folder without git is left as it is', async () => {
    writeFileSync(join(folder('repository'), 'new.txt'), 'x\n');
    const made = await eventually('the repository to be open', () => create(folder('repository')));
    assert.ok(existsSync(join(folder('repository'), '.git', 'refs', 'soft-landing', 'main', made.id)));
    assert.equal(await create(folder('plain')), undefined);
    assert.deepEqual(readdirSync(folder('plain')), ['notes.txt']);
  });

  it('without a folder named, the only one with a repository is meant', async () => {
    const made = await vscode.commands.executeCommand<{ readonly id: string } | undefined>(
      'softLanding.createCheckpoint',
    );
    assert.ok(made);
  });

  it('a folder that becomes a repository is noticed', async () => {
    const { execFileSync } = await import('node:child_process');
    execFileSync('git', ['init', '--quiet'], { cwd: folder('plain') });
    const made = await eventually('the new repository to be open', () => create(folder('plain')));
    assert.ok(made.id);
  });

  it('folders come and go', async () => {
    const count = vscode.workspace.workspaceFolders?.length ?? 0;
    const changed = new Promise((resolve) => vscode.workspace.onDidChangeWorkspaceFolders(resolve));
    vscode.workspace.updateWorkspaceFolders(count - 1, 1);
    await changed;
    assert.equal(await create(folder('plain') || '/gone'), undefined);
  });
});
