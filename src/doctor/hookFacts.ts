import { accessSync, constants, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Surroundings } from '../agents/agent.ts';
import { installedHooks } from '../agents/claude/hookSettings.ts';
import { claudeSettingsFile, installScopes } from '../install/claudeInstall.ts';
import { findNode, launcherFile } from '../install/launcher.ts';
import { readJsonFile } from '../store/atomicFile.ts';
import { errorCode, errorText } from '../store/errno.ts';
import type { LauncherFacts, SettingsFacts } from './facts.ts';
import { launcherTarget } from './launcherTarget.ts';

const receiptSchema = v.object({ file: v.string() });

/** The settings of each scope for this folder, and every other file that hooks were installed into from here. */
export async function settingsFacts(
  projectDir: string,
  surroundings: Surroundings,
  stateFolder: string,
): Promise<readonly SettingsFacts[]> {
  const scopes = new Map<string, string | null>();
  for (const scope of installScopes) {
    const file = path.resolve(claudeSettingsFile(scope, projectDir, surroundings));
    if (!scopes.has(file)) scopes.set(file, scope);
  }
  const receipts = path.join(stateFolder, 'installs');
  for (const name of await readdir(receipts).catch(() => [])) {
    const receipt = await readJsonFile(path.join(receipts, name), receiptSchema).catch(() => null);
    if (receipt !== null && !scopes.has(receipt.file)) scopes.set(receipt.file, null);
  }
  return Promise.all([...scopes].map(async ([file, scope]) => ({ file, scope, hooks: await hooksIn(file) })));
}

async function hooksIn(file: string): Promise<SettingsFacts['hooks']> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    return isMissing ? { kind: 'none' } : { kind: 'unreadable', why: errorText(error) };
  }
  if (text.trim() === '') return { kind: 'none' };
  const hooks = installedHooks(text);
  if ('problem' in hooks) return { kind: 'unreadable', why: hooks.detail };
  return hooks.launchers.length === 0 ? { kind: 'none' } : { kind: 'installed', ...hooks };
}

/** What the hooks' launcher would start now. It is read, never run. */
export async function launcherFacts(stateFolder: string, env: Surroundings['env']): Promise<LauncherFacts> {
  const file = launcherFile(stateFolder);
  const text = await readFile(file, 'utf8').catch((error: unknown) => (errorCode(error) === 'ENOENT' ? null : ''));
  const target = text === null ? null : launcherTarget(text);
  const runtime = target?.runtimes.find(isExecutable) ?? (await findNode(env));
  return {
    file,
    state: text === null ? 'absent' : target === null ? 'not-ours' : 'present',
    isExecutable: process.platform === 'win32' || isExecutable(file),
    hook: target?.hook ?? null,
    hookExists: target !== null && existsSync(target.hook),
    runtime,
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
