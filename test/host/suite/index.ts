import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { recordRun } from '../../support/recordRun.ts';

/**
 * Called by VS Code inside the extension host: runs the bundled tests of one session. The report is what counts; the error only gives
 * VS Code's exit code.
 */
export async function run(): Promise<void> {
  const folder = wanted('SOFT_LANDING_SUITE');
  // mocha is ESM and this file a CommonJS bundle, so only a real import() reaches it.
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 90_000,
    color: false,
    reporter: Mocha.reporters.Base,
    forbidOnly: true,
    forbidPending: true,
  });
  for (const name of readdirSync(folder)) if (name.endsWith('.cjs')) mocha.addFile(join(folder, name));
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => recordRun(mocha.run(resolve), wanted('SOFT_LANDING_REPORT')));
  if (failures > 0) throw new Error(`${failures} failed`);
}

function wanted(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start these tests through test/host/runTests.ts`);
  return value;
}
