import assert from 'node:assert/strict';
import { launcherTarget } from '../../../src/doctor/launcherTarget.ts';
import { launcherText } from '../../../src/install/launcher.ts';

describe('what a launcher starts, read back', () => {
  const target = { hook: "/it's/a b/hook.cjs", runtimes: ['/usr/bin/node', "/o'ne/two'/node"], stateFolder: '/state' };

  it('is what was written, whatever characters the paths have', () => {
    const { hook, runtimes } = target;
    assert.deepEqual(launcherTarget(launcherText(target, false)), { hook, runtimes });
  });
  it('names no Node on Windows, where the settings do', () => {
    const hook = String.raw`C:\Program Files\"x"\hook.cjs`;
    assert.deepEqual(launcherTarget(launcherText({ ...target, hook }, true)), { hook, runtimes: [] });
  });
  it('is unknown for any other file', () => {
    for (const text of ['', '#!/bin/sh\nexec node\n', 'try { require("\\x"); }'])
      assert.equal(launcherTarget(text), null);
  });
});
