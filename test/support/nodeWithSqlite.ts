import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../scripts/host/cacheFolder.ts';

/** A Node that has `node:sqlite`: this one, else the one that the editor for tests runs on; null if there is none on this machine. */
export function nodeWithSqlite(): string | null {
  return [process.execPath, ...hostNodes()].find(hasSqlite) ?? null;
}

/** Runs a script of test/support there and gives what it writes, as JSON. */
export function runWithSqlite(node: string, script: string, ...args: readonly string[]): unknown {
  const path = join(import.meta.dirname, script);
  const root = join(import.meta.dirname, '..', '..');
  return JSON.parse(
    execFileSync(node, ['--import', 'tsx', path, ...args], { encoding: 'utf8', cwd: root, maxBuffer: 1e9 }),
  );
}

function hostNodes(): readonly string[] {
  const folder = cacheFolder();
  if (!existsSync(folder)) return [];
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return readdirSync(folder).flatMap((host) => {
    const packages = join(folder, host, 'node_modules');
    if (!existsSync(packages)) return [];
    const nodes = readdirSync(packages).filter((each) => each.startsWith('node-'));
    return nodes.map((each) => join(packages, each, 'bin', name)).filter((path) => existsSync(path));
  });
}

function hasSqlite(node: string): boolean {
  const look = `process.exit(process.getBuiltinModule?.('node:sqlite') ? 0 : 1)`;
  return spawnSync(node, ['-e', look], { stdio: 'ignore' }).status === 0;
}
