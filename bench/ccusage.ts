import { chmodSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../scripts/host/cacheFolder.ts';
import { installOnce } from '../scripts/host/installOnce.ts';
import { runNpm } from '../scripts/host/runProgram.ts';

/** A meter that others use, to be run as `program ...args daily --json --offline` with CLAUDE_CONFIG_DIR. */
export interface Competitor {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** What is installed of one version of ccusage, or why it is not. */
export type Installed = Competitor | { readonly name: string; readonly missing: string };

/**
 * The last version whose packages are complete: the Linux one of 20.0.26 is not in the registry. Its program is run itself, without the
 * script in Node that users start it by: the comparison shall be with the reader, not with the start of a Node.
 */
const nativeVersion = '20.0.24';
/** The last that is JavaScript. */
const scriptVersion = '18.0.11';

/** Both, from npm into the cache at the first call. The bench goes on without what cannot be had. */
export async function installCcusage(): Promise<readonly Installed[]> {
  return [await installNative(), await installScript()];
}

async function installNative(): Promise<Installed> {
  const platform = `${process.platform}-${process.arch}`;
  const name = `ccusage ${nativeVersion} (Rust)`;
  return install(name, `@ccusage/ccusage-${platform}@${nativeVersion}`, (folder) => {
    const file = process.platform === 'win32' ? 'ccusage.exe' : 'ccusage';
    const program = join(folder, 'node_modules', '@ccusage', `ccusage-${platform}`, 'bin', file);
    // The package's file is not executable; the script that starts it for users makes it so.
    chmodSync(program, 0o755);
    return { program, args: [] };
  });
}

async function installScript(): Promise<Installed> {
  return install(`ccusage ${scriptVersion} (JavaScript)`, `ccusage@${scriptVersion}`, (folder) => ({
    program: process.execPath,
    args: [join(folder, 'node_modules', 'ccusage', 'dist', 'index.js')],
  }));
}

async function install(
  name: string,
  wanted: string,
  find: (folder: string) => Pick<Competitor, 'program' | 'args'>,
): Promise<Installed> {
  const folder = join(cacheFolder(), wanted.replaceAll(/[@/]+/g, '-').replace(/^-/, ''));
  try {
    await installOnce(folder, async (partial) => {
      await writeFile(join(partial, 'package.json'), '{ "private": true }\n');
      const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
      await runNpm(['install', ...quiet, wanted], { cwd: partial, timeoutMs: 120_000 });
    });
    return { name, ...find(folder) };
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { name, missing: `${wanted} could not be installed: ${reason}` };
  }
}
