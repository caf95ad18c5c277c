import { equal } from 'node:assert/strict';
import { workspace } from 'vscode';
import { activateExtension } from '../../activation.ts';

describe('in an empty window', () => {
  it('the extension starts', activateExtension);

  it('no folder is open', () => {
    equal(workspace.workspaceFolders, undefined);
  });
});
