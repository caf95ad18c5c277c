import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { findOnPath, isExecutable, isOnPath } from './programs.ts';
import { runProgram } from './runProgram.ts';

type Log = (line: string) => void;

/** Finds a Chromium, or installs one; returns its path. Throws with every way that was tried and what each one lacked. */
export async function installChromium(log: Log = () => undefined): Promise<string> {
  const chosen = process.env['CHROMIUM'];
  if (chosen) {
    const problem = await problemOf(chosen);
    if (problem === null) return chosen;
    throw new Error(`$CHROMIUM is set to ${chosen}, which does not work: ${problem}`);
  }
  const tried: string[] = [];
  const found = await findWorking(tried);
  if (found !== null) return found;
  for (const install of [installWithApt, installWithPlaywright]) {
    const problem = await install(log);
    const installed = problem === null ? await findWorking(tried) : null;
    if (installed !== null) return installed;
    tried.push(problem ?? `${install.name}: it reported success, but no Chromium that works appeared`);
  }
  throw new Error(
    'No Chromium was found and none could be installed. Install Chromium or Google Chrome yourself ' +
      '(Debian: apt-get install chromium), or point the environment variable CHROMIUM to one. Tried:\n' +
      tried.map((line) => `  - ${line}`).join('\n'),
  );
}

/** Looks without installing; a candidate that does not start is added to `tried`. */
async function findWorking(tried: string[]): Promise<string | null> {
  for (const path of candidates()) {
    const problem = await problemOf(path);
    if (problem === null) return path;
    tried.push(`${path} does not work: ${problem}`);
  }
  return null;
}

function candidates(): string[] {
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  const paths = [...names.map(findOnPath), '/usr/bin/chromium', mac, chromium.executablePath()];
  return [...new Set(paths.filter((path) => path !== null && isExecutable(path)))] as string[];
}

/** Null when it starts. Ubuntu's chromium-browser is a script that only asks to install a snap, and a snap cannot see our folders in /tmp. */
async function problemOf(path: string): Promise<string | null> {
  if (path.startsWith('/snap/')) return 'a snap cannot use a profile in the temporary folder';
  if (!isExecutable(path)) return 'there is no such program';
  try {
    const words = await runProgram(path, ['--version', '--no-sandbox'], { timeoutMs: 30_000 });
    return /chrom/i.test(words) && !/snap/i.test(words) ? null : `it calls itself "${words.trim()}"`;
  } catch (error) {
    return String(error);
  }
}

/** Only where apt's chromium is a browser: Debian and its children, but not Ubuntu, whose package is a snap. */
async function installWithApt(log: Log): Promise<string | null> {
  if (process.platform !== 'linux' || !isOnPath('apt-get')) return 'apt-get: not on this system';
  const system = osRelease();
  if (/^ID(_LIKE)?=.*ubuntu/m.test(system)) return 'apt-get: this system offers Chromium only as a snap';
  const root = process.getuid?.() === 0 ? [] : await passwordlessSudo();
  if (root === null) return 'apt-get: needs root, and sudo is missing or wants a password';
  const apt = async (...args: string[]): Promise<void> => {
    const command = [
      ...root,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-o',
      'DPkg::Lock::Timeout=300',
      ...args,
    ];
    await runProgram(command[0] ?? '', command.slice(1));
  };
  log('installing Chromium with apt-get (about 110 MB, once)');
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', 'chromium');
    return null;
  } catch (error) {
    return `apt-get: ${String(error)}`;
  }
}

function osRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

async function passwordlessSudo(): Promise<string[] | null> {
  if (!isOnPath('sudo')) return null;
  try {
    await runProgram('sudo', ['-n', 'true']);
    return ['sudo', '-n'];
  } catch {
    return null;
  }
}

async function installWithPlaywright(log: Log): Promise<string | null> {
  log("installing Chromium with Playwright's installer (about 170 MB, once)");
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  const mayInstallLibraries = process.platform === 'linux' && process.getuid?.() === 0 && isOnPath('apt-get');
  const options = mayInstallLibraries ? ['--with-deps', '--no-shell'] : ['--no-shell'];
  try {
    await runProgram(process.execPath, [cli, 'install', ...options, 'chromium']);
    return null;
  } catch (error) {
    return `npx playwright-core install chromium: ${String(error)}`;
  }
}
