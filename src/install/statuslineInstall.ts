import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { addTee, removeTee, statuslineCommand, teedStatusline } from '../agents/claude/statuslineSettings.ts';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import {
  attempt,
  claudeSettingsFile,
  readSettings,
  removeEmptyFolder,
  settingsProblem,
  sha256,
  type InstallChange,
  type InstallFailure,
  type InstallRequest,
} from './claudeInstall.ts';
import { statuslineLauncherFile, writeStatuslineLauncher } from './statuslineLauncher.ts';

/** What a settings file was before the tee, so that it can be put back byte for byte. */
const receiptSchema = v.object({
  v: v.literal(1),
  /** base64, null if we made the file */
  before: v.nullable(v.string()),
  afterSha256: v.string(),
  madeFolder: v.boolean(),
});

export type StatuslineRequest = Omit<InstallRequest, 'launcher'> & { readonly stateFolder: string };

function receiptFile(stateFolder: string, settings: string): string {
  return path.join(stateFolder, 'installs', `${sha256(settings).slice(0, 32)}.statusline.json`);
}

/** Puts the tee before the user's own statusline. A second install changes nothing. */
export function installStatusline(request: StatuslineRequest): Promise<Result<InstallChange, InstallFailure>> {
  return attempt(async () => {
    const { stateFolder, dryRun, surroundings } = request;
    const read = await readSettings(claudeSettingsFile(request.scope, request.projectDir, surroundings));
    if (!read.ok) return read;
    const { file, bytes, text, mode } = read.value;
    if (surroundings.platform === 'win32')
      return fail({ reason: 'failed', message: 'The statusline tee is a shell script; on Windows there is none yet.' });
    const edit = addTee(text, statuslineLauncherFile(stateFolder));
    if ('problem' in edit) return fail(settingsProblem(file, edit));
    const change: InstallChange = { file, before: text, after: edit.text, changed: edit.text !== text };
    if (dryRun) return succeed(change);
    await writeStatuslineLauncher(stateFolder);
    if (!change.changed) return succeed(change);

    const madeFolder = (await mkdir(path.dirname(file), { recursive: true })) !== undefined;
    const receiptPath = receiptFile(stateFolder, file);
    await makePrivateFolder(path.dirname(receiptPath));
    const receipt = { v: 1, before: bytes?.toString('base64') ?? null, afterSha256: sha256(edit.text), madeFolder };
    await writeFileAtomic(receiptPath, JSON.stringify(receipt));
    await writeFileAtomic(file, edit.text, bytes ? mode : 0o600);
    return succeed(change);
  });
}

/** Takes the tee out again: the former bytes if nobody touched the file since, else the user's own command in its place. */
export function uninstallStatusline(request: StatuslineRequest): Promise<Result<InstallChange, InstallFailure>> {
  return attempt(async () => {
    const read = await readSettings(claudeSettingsFile(request.scope, request.projectDir, request.surroundings));
    if (!read.ok) return read;
    const { file, bytes, text, mode } = read.value;
    const receiptPath = receiptFile(request.stateFolder, file);
    const receipt = await readJsonFile(receiptPath, receiptSchema);
    if (text === null || bytes === null) {
      if (!request.dryRun) await rm(receiptPath, { force: true });
      return succeed({ file, before: null, after: null, changed: false });
    }
    let after: string | null;
    if (sha256(bytes) === receipt?.afterSha256) {
      after = receipt.before === null ? null : Buffer.from(receipt.before, 'base64').toString('utf8');
    } else {
      const edit = removeTee(text);
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

/** Whether the settings of this scope start a tee, of this state folder or another; null where they cannot be read. */
export async function isStatuslineInstalled(
  request: Pick<StatuslineRequest, 'scope' | 'projectDir' | 'surroundings'>,
): Promise<boolean | null> {
  const file = claudeSettingsFile(request.scope, request.projectDir, request.surroundings);
  const read = await readSettings(file).catch(() => null);
  if (read?.ok !== true) return null;
  if (read.value.text === null) return false;
  const present = statuslineCommand(read.value.text);
  if ('problem' in present) return null;
  return present.command !== null && teedStatusline(present.command) !== null;
}
