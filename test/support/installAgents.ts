import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/host/cacheFolder.ts';
import { installOnce } from '../../scripts/host/installOnce.ts';
import { runNpm } from '../../scripts/host/runProgram.ts';

/** The version every test of test/agents is written against. */
const claudeVersion = '2.1.330';

/**
 * Installs the pinned Claude Code from npm into the cache folder, once, and returns the path of its program. The package of this platform
 * is taken directly: the umbrella package needs its install script to find it, and no install script is run here.
 */
export async function installClaude(): Promise<string> {
  const name = `claude-code-${platformName()}`;
  const folder = join(cacheFolder(), `${name}-${claudeVersion}`);
  await installOnce(folder, (partial) => install(partial, `@anthropic-ai/${name}@${claudeVersion}`));
  const ending = process.platform === 'win32' ? '.exe' : '';
  const program = join(folder, 'node_modules', '@anthropic-ai', name, `claude${ending}`);
  if (!existsSync(program)) {
    throw new Error(
      `Claude Code ${claudeVersion} is installed in ${folder}, but without its program. Remove the folder and try again.`,
    );
  }
  return program;
}

async function install(folder: string, what: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  try {
    await runNpm(['install', ...quiet, what], { cwd: folder, timeoutMs: 300_000 });
  } catch (cause) {
    throw new Error(
      `The tests against the real agent need the npm package ${what} (about 380 MB on disk), and npm could not install it. ` +
        `Look for npm on the PATH, its registry, and room on the disk. npm said:\n${String(cause)}`,
      { cause },
    );
  }
}

function platformName(): string {
  const name = `${process.platform}-${process.arch}`;
  if (!['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'].includes(name)) {
    throw new Error(`Claude Code has no npm package for ${name}, so the tests against the real agent cannot run here.`);
  }
  return process.platform === 'linux' && !usesGlibc() ? `${name}-musl` : name;
}

function usesGlibc(): boolean {
  const report = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return report.header.glibcVersionRuntime !== undefined;
}
