import { deepEqual } from 'node:assert/strict';
import { workspace } from 'vscode';
import { activateExtension } from '../../activation.ts';

describe('with several folders in one window', () => {
  it('the extension starts', activateExtension);

  it('the window shows a repository and a folder without one', () => {
    deepEqual(
      workspace.workspaceFolders?.map((folder) => folder.name),
      ['repository', 'plain'],
    );
  });
});
