import assert from 'node:assert/strict';
import { launcherText } from '../../../src/install/launcher.ts';

const target = {
  hook: "/ext/it's $HOME/dist/hook.cjs",
  runtimes: ['/opt/my node/node'],
  stateFolder: '/state `x` "y"',
};

describe('launcher', () => {
  it('quotes every path for the shell', () => {
    const text = launcherText(target, false);
    assert.ok(text.startsWith('#!/bin/sh\n'));
    assert.ok(text.includes(String.raw`hook='/ext/it'\''s $HOME/dist/hook.cjs'`));
    assert.ok(text.includes(`SOFT_LANDING_HOME='/state \`x\` "y"'`));
  });

  it('is a script for Node on Windows, where no shell script can be executed', () => {
    const text = launcherText({ ...target, hook: 'C:\\ext\\hook.cjs' }, true);
    assert.ok(text.includes(String.raw`require("C:\\ext\\hook.cjs")`));
  });
});
