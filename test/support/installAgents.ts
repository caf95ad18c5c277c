import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/host/cacheFolder.ts';
import { installOnce } from '../../scripts/host/installOnce.ts';
import { runNpm } from '../../scripts/host/runProgram.ts';

/** An agent as npm has it. The versions are those that every test of test/agents is written against. */
interface PinnedAgent {
  readonly title: string;
  /** the folder in the cache */
  readonly folder: string;
  /** what npm is asked for */
  readonly spec: string;
  readonly megabytes: number;
  /** below the folder's node_modules */
  readonly program: string;
}

/**
 * Packages of this platform are taken directly: the umbrella packages need their install scripts to find them, and no install script is
 * run here.
 */
const claudeVersion = '2.1.330';
const codexVersion = '0.169.0';
const geminiVersion = '0.61.0';
const opencodeVersion = '1.18.33';

const ending = process.platform === 'win32' ? '.exe' : '';

/** Each returns the path of the agent's program, and installs it first where it is not in the cache. */
export function installClaude(): Promise<string> {
  const name = `claude-code-${platformName()}${process.platform === 'linux' && !usesGlibc() ? '-musl' : ''}`;
  return install({
    title: 'Claude Code',
    folder: `${name}-${claudeVersion}`,
    spec: `@anthropic-ai/${name}@${claudeVersion}`,
    megabytes: 380,
    program: join('@anthropic-ai', name, `claude${ending}`),
  });
}

export function installCodex(): Promise<string> {
  const platform = platformName();
  const cpu = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const triple = `${cpu}-${{ linux: 'unknown-linux-musl', darwin: 'apple-darwin' }[process.platform as string] ?? 'pc-windows-msvc'}`;
  return install({
    title: 'Codex',
    folder: `codex-${platform}-${codexVersion}`,
    spec: `@openai/codex@${codexVersion}-${platform}`,
    megabytes: 400,
    program: join('@openai', 'codex', 'vendor', triple, 'bin', `codex${ending}`),
  });
}

/** Gemini CLI is a script, which Node runs. Its optional packages are native ones for its terminal interface. */
export function installGemini(): Promise<string> {
  return install({
    title: 'Gemini CLI',
    folder: `gemini-cli-${geminiVersion}`,
    spec: `@google/gemini-cli@${geminiVersion}`,
    megabytes: 100,
    program: join('@google', 'gemini-cli', 'bundle', 'gemini.js'),
  });
}

export function installOpencode(): Promise<string> {
  const platform = platformName().replace('win32', 'windows');
  const name = ['opencode', platform, ...opencodeVariants()].join('-');
  return install({
    title: 'opencode',
    folder: `${name}-${opencodeVersion}`,
    spec: `${name}@${opencodeVersion}`,
    megabytes: 180,
    program: join(name, 'bin', `opencode${ending}`),
  });
}

async function install({ title, folder: name, spec, megabytes, program: below }: PinnedAgent): Promise<string> {
  const folder = join(cacheFolder(), name);
  await installOnce(folder, (partial) => fetchPackage(partial, spec, megabytes));
  const program = join(folder, 'node_modules', below);
  if (!existsSync(program)) {
    throw new Error(`${title} is installed in ${folder}, but without its program. Remove the folder and try again.`);
  }
  return program;
}

async function fetchPackage(folder: string, spec: string, megabytes: number): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--no-package-lock'];
  try {
    await runNpm(['install', ...quiet, '--loglevel=error', spec], { cwd: folder, timeoutMs: 300_000 });
  } catch (cause) {
    throw new Error(
      `The tests against the real agents need the npm package ${spec} (about ${megabytes} MB on disk), and npm could not install it. ` +
        `Look for npm on the PATH, its registry, and room on the disk. npm said:\n${String(cause)}`,
      { cause },
    );
  }
}

function platformName(): string {
  const name = `${process.platform}-${process.arch}`;
  if (!['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'].includes(name)) {
    throw new Error(`The agents have no npm packages for ${name}, so the tests against real agents cannot run here.`);
  }
  return name;
}

/** opencode has builds for older processors, and for Linux without glibc. */
function opencodeVariants(): readonly string[] {
  const isOld = process.platform === 'linux' && process.arch === 'x64' && !/\bavx2\b/.test(processorFlags());
  return [...(isOld ? ['baseline'] : []), ...(process.platform === 'linux' && !usesGlibc() ? ['musl'] : [])];
}

function processorFlags(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return 'avx2';
  }
}

function usesGlibc(): boolean {
  const report = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return report.header.glibcVersionRuntime !== undefined;
}
