import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Surroundings } from '../../agents/agent.ts';
import { storesFolder } from '../../checkpoints/outside/storeFolder.ts';
import { knownPlaces } from '../../store/knownPlaces.ts';
import { planFolder } from '../../store/planFolder.ts';
import { agentInstalls } from '../agentInstall.ts';
import { uninstallAlias } from '../gitAlias.ts';
import { launcherFile, type LauncherTarget } from '../launcher.ts';
import { installedFiles, uninstallFrom } from '../settingsInstall.ts';
import { statuslineTarget } from '../statuslineInstall.ts';
import { commonDirOf, findRepositoryTraces } from './repositoryTraces.ts';
import type { Trace } from './trace.ts';

export interface EverythingRequest {
  readonly surroundings: Surroundings;
  readonly launcher: LauncherTarget;
  /** folders to look into beside those that are remembered: where a person is now */
  readonly folders: readonly string[];
}

/** All that we ever wrote and that is still there, as far as it can be known. Changes nothing. */
export async function findTraces(request: EverythingRequest): Promise<readonly Trace[]> {
  const { stateFolder } = request.launcher;
  const places = await knownPlaces(stateFolder);
  const here = await Promise.all(request.folders.map(commonDirOf));
  const repositories = unique([...places.map(({ repository }) => repository), ...here].filter((each) => each !== null));
  const folders = unique([
    ...places.map(({ folder }) => folder),
    ...request.folders,
    ...repositories.map(topOf),
  ]).filter((folder) => existsSync(folder));
  return [
    ...(await hookTraces(request, folders)),
    ...(await aliasTraces(request, folders)),
    ...(await findRepositoryTraces(repositories)),
    ...(await planTraces(folders)),
    ...(await stateTraces(stateFolder)),
  ];
}

const unique = <Value>(values: readonly Value[]): readonly Value[] => [...new Set(values)];

/** The main working tree's top folder. Of a repository without one it is just a folder in which nothing of ours lies. */
const topOf = (commonDir: string): string => path.dirname(commonDir);

/** Whoever wrote them: the receipts, and the places where each agent looks for hooks. */
async function hookTraces(request: EverythingRequest, folders: readonly string[]): Promise<readonly Trace[]> {
  const { surroundings, launcher } = request;
  const candidates = new Map<string, string>();
  const written = await installedFiles(launcher.stateFolder);
  const withReceipt = new Set(written.map(({ file }) => file));
  for (const { agent, file } of written) candidates.set(file, agent);
  for (const install of agentInstalls) {
    for (const scope of install.scopes) {
      for (const folder of scope === 'user' ? [''] : folders) {
        const file = path.resolve(install.file(scope, folder, surroundings));
        const real = await realpath(file).catch(() => null);
        if (real !== null) candidates.set(real, install.agent);
      }
    }
  }
  const ownLauncher = path.resolve(launcherFile(launcher.stateFolder));
  const tees: Trace[] = [];
  const found: Trace[] = [];
  for (const [file, agent] of candidates) {
    if (agent === 'claude' && (await hasTee(file, launcher))) tees.push({ kind: 'statusline', file });
    const install = agentInstalls.find((each) => each.agent === agent);
    const text = await readFile(file, 'utf8').catch(() => null);
    if (!install || text === null) continue;
    const installed = install.installed(text);
    const isBroken = 'problem' in installed;
    if (!isBroken && installed.launchers.length === 0) continue;
    // A project's file may hold the hooks of a colleague, who committed it. One that cannot be read is listed if we wrote to it.
    const names = isBroken ? [] : installed.launchers;
    if (!withReceipt.has(file) && !names.some((each) => path.resolve(each) === ownLauncher)) continue;
    const would = await uninstallFrom(install.target(file, request), { launcher, dryRun: true });
    found.push({ kind: 'hooks', agent, file, isWholeFile: would.ok && would.value.after === null });
  }
  return [...tees, ...found];
}

/** Whether the statusline there goes through our tee. */
async function hasTee(file: string, launcher: LauncherTarget): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text !== null && statuslineTarget(file, launcher).has(text);
}

async function aliasTraces(request: EverythingRequest, folders: readonly string[]): Promise<readonly Trace[]> {
  const { surroundings, launcher } = request;
  const found: Trace[] = [];
  const seen = new Set<string>();
  const ask = async (scope: 'global' | 'repository', dir: string): Promise<void> => {
    const would = await uninstallAlias({ scope, dir, surroundings, launcher, dryRun: true });
    if (would.ok && would.value.changed) found.push({ kind: 'alias', scope, dir });
  };
  await ask('global', existsSync(surroundings.home) ? surroundings.home : path.parse(process.execPath).root);
  for (const dir of folders) {
    const repository = await commonDirOf(dir);
    if (repository === null || seen.has(repository)) continue;
    seen.add(repository);
    await ask('repository', dir);
  }
  return found;
}

async function planTraces(folders: readonly string[]): Promise<readonly Trace[]> {
  const found: Trace[] = [];
  for (const folder of unique(folders.map((each) => path.join(each, planFolder)))) {
    // A link leads to what is not ours.
    if (!(await lstat(folder).catch(() => null))?.isDirectory()) continue;
    const files = (await readdir(folder)).filter((name) => name !== '.gitignore');
    found.push({ kind: 'plan', folder, files: files.sort() });
  }
  return found;
}

async function stateTraces(folder: string): Promise<readonly Trace[]> {
  if (!existsSync(folder)) return [];
  const stores = await readdir(storesFolder(folder)).catch(() => []);
  return [{ kind: 'state', folder, folderCheckpoints: stores.filter((name) => /^[0-9a-f]{32}$/.test(name)).length }];
}
