import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commandLine, eventually } from '../../commandLine.ts';

interface CheckpointList {
  readonly checkpoints: readonly { readonly id: string }[];
}

describe('checkpoints with several folders', () => {
  const folder = (name: string): string =>
    vscode.workspace.workspaceFolders?.find((one) => one.name === name)?.uri.fsPath ?? '';
  const create = async (root: string) =>
    vscode.commands.executeCommand<{ readonly id: string } | undefined>('softLanding.createCheckpoint', root);

  it('each repository has its own', async () => {
    writeFileSync(join(folder('repository'), 'new.txt'), 'x\n');
    const made = await eventually('the repository to be open', () => create(folder('repository')));
    assert.ok(existsSync(join(folder('repository'), '.git', 'refs', 'soft-landing', 'main', made.id)));
  });

  it('without a folder named, the only one with a repository is meant', async () => {
    const made = await vscode.commands.executeCommand<{ readonly id: string } | undefined>(
      'softLanding.createCheckpoint',
    );
    assert.ok(made);
  });

  const ids = async (root: string): Promise<readonly string[]> =>
    (await commandLine<CheckpointList>('checkpoint', 'list', '--repo', root)).checkpoints.map(({ id }) => id);

  it('a folder without git gets them with the first that a person asks for, outside of it, and can be reset', async () => {
    const plain = folder('plain');
    const notes = readFileSync(join(plain, 'notes.txt'), 'utf8');
    const made = await create(plain);
    assert.ok(made);
    assert.deepEqual(readdirSync(plain), ['notes.txt']);
    assert.deepEqual(await ids(plain), [made.id]);
    // The editor's own list is what it acts on: an undo of a reset that somebody else has done.
    writeFileSync(join(plain, 'notes.txt'), 'agent\n');
    await commandLine('checkpoint', 'restore', made.id, '--repo', plain);
    assert.equal(readFileSync(join(plain, 'notes.txt'), 'utf8'), notes);
    assert.ok(await vscode.commands.executeCommand('softLanding.undoReset', plain));
    assert.equal(readFileSync(join(plain, 'notes.txt'), 'utf8'), 'agent\n');
  });

  it('a folder that becomes a repository is noticed, and its checkpoints are there', async () => {
    const plain = folder('plain');
    const before = await ids(plain);
    execFileSync('git', ['init', '--quiet'], { cwd: plain });
    // Nobody is asked for it: the editor sees the new folder.
    const refs = join(plain, '.git', 'refs', 'soft-landing', 'main');
    await eventually('the checkpoints to be in the repository', () => Promise.resolve(existsSync(refs) || undefined));
    writeFileSync(join(plain, 'more.txt'), 'x\n');
    const made = await eventually('the new repository to be open', () => create(plain));
    assert.deepEqual(await ids(plain), [made.id, ...before]);
  });

  it('folders come and go', async () => {
    const count = vscode.workspace.workspaceFolders?.length ?? 0;
    const changed = new Promise((resolve) => vscode.workspace.onDidChangeWorkspaceFolders(resolve));
    vscode.workspace.updateWorkspaceFolders(count - 1, 1);
    await changed;
    assert.equal(await create(folder('plain') || '/gone'), undefined);
  });
});
