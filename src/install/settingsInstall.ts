import { said, type Wording } from '../protocol/sentence.ts';
import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { makePrivateFolder, readFileOrNull, readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import { errorCode, errorText } from '../store/errno.ts';
import { writeLauncher, type LauncherTarget } from './launcher.ts';

export interface InstallFailure extends Wording {
  readonly reason: 'not-json' | 'unexpected-shape' | 'not-ours' | 'not-utf8' | 'no-permission' | 'too-old' | 'failed';
}

/** `before`/`after`: the file's text, null where there is no file. `changed` is false when nothing was to be done. */
export interface InstallChange {
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly changed: boolean;
}

/** A file that an agent reads, and what our hooks in it look like. All functions are pure. */
export interface InstallTarget {
  /** whose file it is */
  readonly agent: string;
  readonly file: string;
  /** which part of us it is about, where several write into one file; hooks where it is left out */
  readonly part?: string;
  /** the file's text with our hooks in it; `null` is a file that does not exist */
  add(text: string | null): TargetEdit;
  /** the file's text without them; null where nothing but what we made would be left */
  remove(text: string): TargetEdit;
  /** exactly what `add` writes */
  has(text: string): boolean;
  /** makes what the file will name; the hooks' launcher where it is left out */
  prepare?(launcher: LauncherTarget): Promise<void>;
}

export type TargetEdit =
  | { readonly text: string | null }
  | { readonly problem: 'not-json' | 'unexpected-shape' | 'not-ours'; readonly detail: string };

export interface InstallWork {
  readonly launcher: LauncherTarget;
  /** only say what would change */
  readonly dryRun: boolean;
}

/** What a file was before we first touched it, so that uninstall can put back exactly those bytes. */
const receiptSchema = v.object({
  v: v.literal(1),
  /** receipts of versions that knew Claude Code only have none */
  agent: v.optional(v.string()),
  file: v.string(),
  /** base64, null if we made the file */
  before: v.nullable(v.string()),
  afterSha256: v.string(),
  madeFolder: v.boolean(),
  /** the topmost folder that was made for the file; receipts of earlier versions have none */
  madeFrom: v.optional(v.string()),
  mode: v.number(),
});

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

function receiptFile(stateFolder: string, settings: string, part: string | undefined): string {
  const name = sha256(settings).slice(0, 32) + (part === undefined ? '' : `.${part}`);
  return path.join(stateFolder, 'installs', `${name}.json`);
}

/** Every file that we have written to and not taken our part out of again, as far as the receipts tell. */
export async function installedFiles(
  stateFolder: string,
): Promise<readonly { readonly agent: string; readonly file: string }[]> {
  const folder = path.join(stateFolder, 'installs');
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const receipts = await Promise.all(names.map((name) => readJsonFile(path.join(folder, name), receiptSchema)));
  return receipts.flatMap((receipt) => (receipt ? [{ agent: receipt.agent ?? 'claude', file: receipt.file }] : []));
}

interface SettingsFile {
  /** links resolved: an atomic rename onto a link would replace the link (dotfile managers) instead of its target */
  readonly file: string;
  readonly bytes: Buffer | null;
  readonly text: string | null;
  readonly mode: number;
}

async function readSettings(named: string): Promise<Result<SettingsFile, InstallFailure>> {
  const file = await realpath(named).catch(() => named);
  const bytes = await readFileOrNull(file);
  if (!bytes) return succeed({ file, bytes, text: null, mode: 0o600 });
  const mode = (await stat(file)).mode & 0o777;
  try {
    // ignoreBOM keeps a byte order mark in the text, where JSON.parse then refuses it: such a file is not valid JSON.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return succeed({ file, bytes, text, mode });
  } catch {
    return fail({ reason: 'not-utf8', ...said('{0} is not UTF-8 text. It was left alone.', file) });
  }
}

function editProblem(file: string, edit: Extract<TargetEdit, { readonly problem: unknown }>): InstallFailure {
  const { problem, detail } = edit;
  const words = {
    'not-json': said('{0} is not valid JSON ({1}). It was left alone: mend it, then install again.', file, detail),
    'unexpected-shape': said(
      '{0} does not have the shape that its agent documents ({1}). It was left alone: mend it, then install again.',
      file,
      detail,
    ),
    'not-ours': said(
      '{0} was not written by Soft Landing ({1}). It was left alone: mend it, then install again.',
      file,
      detail,
    ),
  }[problem];
  return { reason: problem, ...words };
}

/** Puts our hooks into a file. A second time nothing changes. */
export function installInto(target: InstallTarget, work: InstallWork): Promise<Result<InstallChange, InstallFailure>> {
  return attempt(async () => {
    const { launcher, dryRun } = work;
    const read = await readSettings(target.file);
    if (!read.ok) return read;
    const { file, bytes, text, mode } = read.value;
    const edit = target.add(text);
    if ('problem' in edit) return fail(editProblem(file, edit));
    const after = edit.text ?? '';
    const change: InstallChange = { file, before: text, after, changed: after !== text };
    if (dryRun) return succeed(change);
    await (target.prepare ?? writeLauncher)(launcher);
    if (!change.changed) return succeed(change);

    const madeFrom = await mkdir(path.dirname(file), { recursive: true });
    const receipt = {
      v: 1,
      agent: target.agent,
      file,
      before: bytes?.toString('base64') ?? null,
      afterSha256: sha256(after),
      madeFolder: madeFrom !== undefined,
      madeFrom,
      mode,
    };
    const receiptPath = receiptFile(launcher.stateFolder, file, target.part);
    await makePrivateFolder(path.dirname(receiptPath));
    // A reinstall over our own untouched work must not make that work the "before".
    const earlier = await readJsonFile(receiptPath, receiptSchema);
    const isOwnWork = earlier !== null && bytes !== null && sha256(bytes) === earlier.afterSha256;
    await writeFileAtomic(
      receiptPath,
      JSON.stringify(isOwnWork ? { ...earlier, afterSha256: receipt.afterSha256 } : receipt),
    );
    await writeFileAtomic(file, after, bytes ? mode : 0o600);
    return succeed(change);
  });
}

/** Takes our hooks out again: the former bytes if nobody touched the file since, else only what is ours. */
export function uninstallFrom(
  target: InstallTarget,
  work: InstallWork,
): Promise<Result<InstallChange, InstallFailure>> {
  return attempt(async () => {
    const read = await readSettings(target.file);
    if (!read.ok) return read;
    const { file, bytes, text, mode } = read.value;
    const receiptPath = receiptFile(work.launcher.stateFolder, file, target.part);
    const receipt = await readJsonFile(receiptPath, receiptSchema);
    if (text === null || bytes === null) {
      if (!work.dryRun) await rm(receiptPath, { force: true });
      return succeed({ file, before: null, after: null, changed: false });
    }

    let after: string | null;
    if (sha256(bytes) === receipt?.afterSha256) {
      after = receipt.before === null ? null : Buffer.from(receipt.before, 'base64').toString('utf8');
    } else {
      const edit = target.remove(text);
      if ('problem' in edit) return fail(editProblem(file, edit));
      // Nothing but what we made is left of a file that we made.
      after = receipt?.before === null && edit.text?.trim() === '{}' ? null : edit.text;
    }
    const change: InstallChange = { file, before: text, after, changed: after !== text };
    if (work.dryRun) return succeed(change);
    if (after === null) {
      await rm(file);
      if (receipt?.madeFolder) await removeEmptyFolders(path.dirname(file), receipt.madeFrom ?? path.dirname(file));
    } else if (change.changed) {
      await writeFileAtomic(file, after, mode);
    }
    await rm(receiptPath, { force: true });
    return succeed(change);
  });
}

/** Whether a file has exactly our hooks; one that cannot be read has none. */
export async function isInstalledIn(target: InstallTarget): Promise<boolean> {
  const read = await readSettings(target.file).catch(() => null);
  return read?.ok === true && read.value.text !== null && target.has(read.value.text);
}

/** Removes a folder and those above it, up to `last`, as far as they are empty. */
async function removeEmptyFolders(folder: string, last: string): Promise<void> {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      await rmdir(at);
    } catch (error) {
      if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'ENOENT') throw error;
      return;
    }
    if (path.relative(last, at) === '' || path.dirname(at) === at) return;
  }
}

async function attempt(
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
      ...said('{0}. Nothing was changed.', errorText(error)),
    });
  }
}
