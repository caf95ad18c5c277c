import assert from 'node:assert/strict';
import os from 'node:os';
import * as vscode from 'vscode';
import { eventually } from '../../commandLine.ts';

describe('Copy Diagnostics', () => {
  it('shows all it would copy before it copies anything, without the name of the home folder', async () => {
    const before = await vscode.env.clipboard.readText();
    // Its question is not answered here, so it does not end.
    void vscode.commands.executeCommand('softLanding.copyDiagnostics');
    const document = await eventually('the document', () =>
      Promise.resolve(
        vscode.workspace.textDocuments.find((each) => each.getText().startsWith('# Soft Landing: diagnostics')),
      ),
    );
    const text = document.getText();
    assert.equal(document.isUntitled, true);
    assert.ok(text.includes(`Editor: ${vscode.env.appName} ${vscode.version}`), text);
    assert.match(text, /- \*\*ok\*\* \(git\) git /);
    assert.equal(text.includes(os.homedir()), false, text);
    assert.equal(await vscode.env.clipboard.readText(), before);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
