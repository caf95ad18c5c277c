import { equal } from 'node:assert/strict';
import { workspace } from 'vscode';
import { activateExtension } from '../../activation.ts';

describe('in a folder that is not trusted', () => {
  it('the extension starts', activateExtension);

  it('the window is in Restricted Mode', () => {
    equal(workspace.isTrusted, false);
  });
});
