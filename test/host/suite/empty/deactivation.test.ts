import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extensions } from 'vscode';

interface Program {
  deactivate(): Promise<void>;
}

/** Whether the usage worker is at work, by the names of this process's threads, of which Linux keeps fifteen characters. */
function isUsageRead(): boolean {
  return readdirSync('/proc/self/task').some((thread) => {
    try {
      return readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').startsWith('soft-landing-us');
    } catch {
      // It has just ended.
      return false;
    }
  });
}

if (process.platform === 'linux')
  describe('the end of a window', () => {
    it('is waited for until the usage thread has ended, and no second time', async () => {
      const extension = extensions.getExtension('soft-landing.soft-landing');
      assert.ok(extension);
      await extension.activate();
      // The editor has it from the same cache, so it is the one that runs.
      const program = createRequire(__filename)(`${extension.extensionPath}/dist/extension.cjs`) as Program;
      assert.ok(isUsageRead());
      await program.deactivate();
      assert.equal(isUsageRead(), false);
      await program.deactivate();
    }).timeout(20_000);
  });
