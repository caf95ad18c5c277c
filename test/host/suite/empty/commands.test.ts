import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('commands without a folder', () => {
  it('do nothing, and break nothing', async () => {
    assert.equal(await vscode.commands.executeCommand('softLanding.createCheckpoint'), undefined);
    assert.equal(await vscode.commands.executeCommand('softLanding.undoReset'), undefined);
    await vscode.commands.executeCommand('softLanding.openPanel');
  });
});
