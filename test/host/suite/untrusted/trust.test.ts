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
});
