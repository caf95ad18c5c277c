import assert from 'node:assert/strict';
import { checkpointAlias, checkpointLauncherText } from '../../../src/install/checkpointLauncher.ts';

describe('checkpoint launcher', () => {
  it('quotes every path for the shell', () => {
    const hook = "/ext/it's $HOME/dist/hook.cjs";
    const text = checkpointLauncherText({ hook, runtimes: ['/opt/my node/node'], stateFolder: '/state `x` "y"' });
    assert.ok(text.startsWith('#!/bin/sh\n'));
    assert.ok(text.includes(String.raw`cli='/ext/it'\''s $HOME/dist/cli.cjs'`));
    assert.ok(text.includes(`SOFT_LANDING_HOME='/state \`x\` "y"'`));
    assert.ok(text.includes(`for node in '/opt/my node/node' "$(command -v node)"`));
  });

  it('is named in the alias by one word', () => {
    assert.equal(checkpointAlias("/it's"), String.raw`!'/it'\''s/bin/git-checkpoint'`);
  });
});
