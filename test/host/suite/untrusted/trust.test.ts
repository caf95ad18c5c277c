import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

describe('without trust', () => {
  const root = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';

  it('no git of ours runs: not even our folder is made, and no checkpoint', async () => {
    const made = await vscode.commands.executeCommand('softLanding.createCheckpoint', root());
    assert.equal(made, undefined);
    assert.ok(!existsSync(join(root(), '.git', 'soft-landing')));
    assert.ok(!existsSync(join(root(), '.git', 'refs', 'soft-landing')));
  });

  it('no ambient checkpoint is made, not even before the editor itself deletes a file', async () => {
    const file = vscode.Uri.file(join(root(), 'src', 'app.ts'));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(file, new vscode.Range(0, 0, 10, 0), 'x\n'.repeat(300));
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.ok(await (await vscode.workspace.openTextDocument(file)).save());
    const deletion = new vscode.WorkspaceEdit();
    deletion.deleteFile(file);
    assert.ok(await vscode.workspace.applyEdit(deletion));
    // In a trusted folder the deletion waits for it.
    assert.ok(!existsSync(join(root(), '.git', 'soft-landing')));
  });
});
