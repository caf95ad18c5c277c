import { equal } from 'node:assert/strict';
import { workspace } from 'vscode';
import { activateExtension } from '../../activation.ts';

describe('in a repository', () => {
  it('the extension starts', activateExtension);

  it('the window shows that one folder, trusted', () => {
    equal(workspace.workspaceFolders?.length, 1);
    equal(workspace.isTrusted, true);
  });
});
