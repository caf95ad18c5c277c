import { createHash } from 'node:crypto';
import { mkdir, realpath, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Surroundings } from '../agents/agent.ts';
import { addHooks, hasHooks, removeHooks, type HookCommand } from '../agents/claude/hookSettings.ts';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { makePrivateFolder, readFileOrNull, readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import { errorCode, errorText } from '../store/errno.ts';
import { launcherCommand, writeLauncher, type LauncherTarget } from './launcher.ts';

export const installScopes = ['user', 'project', 'local'] as const;
export type InstallScope = (typeof installScopes)[number];

export interface InstallFailure {
  readonly reason: 'not-json' | 'unexpected-shape' | 'not-utf8' | 'no-permission' | 'failed';
  readonly message: string;
}

/** `before`/`after`: the settings file's text, null where there is no file. `changed` is false when nothing was to be done. */
export interface InstallChange {
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly changed: boolean;
}

export interface InstallRequest {
  readonly scope: InstallScope;
  /** the folder that Claude Code is started in; not used for the user scope */
  readonly projectDir: string;
  readonly surroundings: Surroundings;
  readonly launcher: LauncherTarget;
  /** only say what would change */
  readonly dryRun: boolean;
}

/** What a settings file was before we first touched it, so that uninstall can put back exactly those bytes. */
const receiptSchema = v.object({
  v: v.literal(1),
  file: v.string(),
  /** base64, null if we made the file */
  before: v.nullable(v.string()),
  afterSha256: v.string(),
  madeFolder: v.boolean(),
  mode: v.number(),
});

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

function receiptFile(stateFolder: string, settings: string): string {
  return path.join(stateFolder, 'installs', `${sha256(settings).slice(0, 32)}.json`);
}

export function claudeSettingsFile(scope: InstallScope, projectDir: string, { home, env }: Surroundings): string {
  switch (scope) {
    case 'user': {
      const [folder] = (env['CLAUDE_CONFIG_DIR'] ?? '').split(',').filter((entry) => entry !== '');
      return path.join(folder ?? path.join(home, '.claude'), 'settings.json');
    }
    case 'project':
      return path.join(projectDir, '.claude', 'settings.json');
    case 'local':
      return path.join(projectDir, '.claude', 'settings.local.json');
  }
}

export interface SettingsFile {
  /** links resolved: an atomic rename onto a link would replace the link (dotfile managers) instead of its target */
  readonly file: string;
  readonly bytes: Buffer | null;
  readonly text: string | null;
  readonly mode: number;
}

export async function readSettings(named: string): Promise<Result<SettingsFile, InstallFailure>> {
  const file = await realpath(named).catch(() => named);
  const bytes = await readFileOrNull(file);
  if (!bytes) return succeed({ file, bytes, text: null, mode: 0o600 });
  const mode = (await stat(file)).mode & 0o777;
  try {
    // ignoreBOM keeps a byte order mark in the text, where JSON.parse then refuses it: such a file is not valid JSON.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return succeed({ file, bytes, text, mode });
  } catch {
    return fail({ reason: 'not-utf8', message: `${file} is not UTF-8 text. It was left alone.` });
  }
}

export function settingsProblem(
  file: string,
  edit: { problem: 'not-json' | 'unexpected-shape'; detail: string },
): InstallFailure {
  const what = edit.problem === 'not-json' ? 'is not valid JSON' : 'does not have the shape Claude Code documents';
  return {
    reason: edit.problem,
    message: `${file} ${what} (${edit.detail}). It was left alone: mend it, then install again.`,
  };
}

/** Puts our hooks into Claude Code's settings. A second install changes nothing. */
export function installClaude(request: InstallRequest): Promise<Result<InstallChange, InstallFailure>> {
  return attempt(async () => {
    const { launcher, dryRun } = request;
    const read = await readSettings(claudeSettingsFile(request.scope, request.projectDir, request.surroundings));
    if (!read.ok) return read;
    const { file, bytes, text, mode } = read.value;
    const edit = addHooks(text, launcherCommand(launcher, 'claude'));
    if ('problem' in edit) return fail(settingsProblem(file, edit));
    const change: InstallChange = { file, before: text, after: edit.text, changed: edit.text !== text };
    if (dryRun) return succeed(change);
    await writeLauncher(launcher);
    if (!change.changed) return succeed(change);

    const madeFolder = (await mkdir(path.dirname(file), { recursive: true })) !== undefined;
    const receipt = {
      v: 1,
      file,
      before: bytes?.toString('base64') ?? null,
      afterSha256: sha256(edit.text),
      madeFolder,
      mode,
    };
    const receiptPath = receiptFile(launcher.stateFolder, file);
    await makePrivateFolder(path.dirname(receiptPath));
    // A reinstall over our own untouched work must not make that work the "before".
    const earlier = await readJsonFile(receiptPath, receiptSchema);
    const isOwnWork = earlier !== null && bytes !== null && sha256(bytes) === earlier.afterSha256;
    await writeFileAtomic(
      receiptPath,
      JSON.stringify(isOwnWork ? { ...earlier, afterSha256: receipt.afterSha256 } : receipt),
    );
    await writeFileAtomic(file, edit.text, bytes ? mode : 0o600);
    return succeed(change);
  });
}

/** Takes our hooks out again: the former bytes if nobody touched the file since, else only our own entries. */
export function uninstallClaude(request: InstallRequest): Promise<Result<InstallChange, InstallFailure>> {
  return attempt(async () => {
    const read = await readSettings(claudeSettingsFile(request.scope, request.projectDir, request.surroundings));
    if (!read.ok) return read;
    const { file, bytes, text, mode } = read.value;
    const receiptPath = receiptFile(request.launcher.stateFolder, file);
    const receipt = await readJsonFile(receiptPath, receiptSchema);
    if (text === null || bytes === null) {
      if (!request.dryRun) await rm(receiptPath, { force: true });
      return succeed({ file, before: null, after: null, changed: false });
    }

    let after: string | null;
    if (sha256(bytes) === receipt?.afterSha256) {
      after = receipt.before === null ? null : Buffer.from(receipt.before, 'base64').toString('utf8');
    } else {
      const edit = removeHooks(text);
      if ('problem' in edit) return fail(settingsProblem(file, edit));
      // Nothing but what we made is left of a file that we made.
      after = receipt?.before === null && edit.text.trim() === '{}' ? null : edit.text;
    }
    const change: InstallChange = { file, before: text, after, changed: after !== text };
    if (request.dryRun) return succeed(change);
    if (after === null) {
      await rm(file);
      if (receipt?.madeFolder) await removeEmptyFolder(path.dirname(file));
    } else if (change.changed) {
      await writeFileAtomic(file, after, mode);
    }
    await rm(receiptPath, { force: true });
    return succeed(change);
  });
}

/** Whether any settings that Claude Code reads for this folder have our hooks. */
export async function isClaudeInstalled(request: Omit<InstallRequest, 'scope' | 'dryRun'>): Promise<boolean> {
  const command: HookCommand = launcherCommand(request.launcher, 'claude');
  for (const scope of installScopes) {
    const read = await readSettings(claudeSettingsFile(scope, request.projectDir, request.surroundings)).catch(
      () => null,
    );
    if (hasHooks(read?.ok ? (read.value.text ?? '') : '', command)) return true;
  }
  return false;
}

export async function removeEmptyFolder(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'ENOENT') throw error;
  }
}

export async function attempt(
  work: () => Promise<Result<InstallChange, InstallFailure>>,
): Promise<Result<InstallChange, InstallFailure>> {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    const isPermission = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
    return fail({
      reason: isPermission ? 'no-permission' : 'failed',
      message: `${errorText(error)}. Nothing was changed.`,
    });
  }
}
