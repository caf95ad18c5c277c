import { constants, existsSync } from 'node:fs';
import { access, lstat, readdir, readFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { storesFolder } from '../checkpoints/outside/storeFolder.ts';
import { errorCode } from '../store/errno.ts';
import { eventLogFile } from '../store/eventLog.ts';
import { limitsFile } from '../store/stateFiles.ts';
import { sessionsFolder } from '../store/sessionRecord.ts';
import type { HookRunFacts, StateFolderFacts } from './facts.ts';
import { folderState } from './folderState.ts';

/** Stores of folders without git can hold very many files; their exact number helps nobody. */
const mostCounted = 20_000;

/** Looks at the state folder; makes and changes nothing. */
export async function stateFolderFacts(folder: string): Promise<StateFolderFacts> {
  const state = folderState(folder);
  const there = await nearestExisting(folder);
  const { bytes, isMore } = state === 'readable' ? await sizeOf(folder) : { bytes: 0, isMore: false };
  const info = state === 'absent' ? null : await stat(folder).catch(() => null);
  return {
    path: folder,
    state,
    mode: info === null || process.platform === 'win32' ? null : info.mode & 0o777,
    isWritable: await isWritable(there),
    freeBytes: await freeBytes(there),
    bytes,
    isMore,
    damaged: state === 'readable' ? await damagedFiles(folder) : [],
    lostFolders: state === 'readable' ? await lostFolders(folder) : [],
  };
}

/** What will decide whether a folder that is not there yet can be made. */
async function nearestExisting(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const exists = await lstat(at).then(
      () => true,
      () => false,
    );
    if (exists || path.dirname(at) === at) return at;
  }
}

function isWritable(file: string): Promise<boolean> {
  return access(file, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function freeBytes(file: string): Promise<number | null> {
  return statfs(file).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}

async function sizeOf(folder: string): Promise<{ bytes: number; isMore: boolean }> {
  let bytes = 0;
  let counted = 0;
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      counted += 1;
      if (counted > mostCounted) return { bytes, isMore: true };
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) pending.push(file);
      else bytes += await lstat(file).then(({ size }) => size, () => 0); // prettier-ignore
    }
  }
  return { bytes, isMore: false };
}

/** Read from the stores' own configuration: git is not needed, and a mirror's store has no such line. */
async function lostFolders(stateFolder: string): Promise<StateFolderFacts['lostFolders']> {
  const stores = storesFolder(stateFolder);
  const names = await readdir(stores).catch(() => []);
  const found = names.sort().map(async (name) => {
    const store = path.join(stores, name);
    const text = await readFile(path.join(store, 'config'), 'utf8').catch(() => '');
    const folder = /^\s*worktree = (\/[^"\\\n]*)$/m.exec(text)?.[1];
    return folder === undefined || existsSync(folder) ? [] : [{ folder, store }];
  });
  return (await Promise.all(found)).flat();
}

/** Files of ours that are there and are no JSON: sessions, install receipts, preferences. */
async function damagedFiles(folder: string): Promise<readonly string[]> {
  const files = [path.join(folder, 'preferences.json'), limitsFile(folder)];
  for (const part of [sessionsFolder(folder), path.join(folder, 'installs')]) {
    const names = await readdir(part).catch(() => []);
    files.push(...names.filter((name) => /^[^.].*\.json$/.test(name)).map((name) => path.join(part, name)));
  }
  const damaged: string[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => (errorCode(error) === 'ENOENT' ? null : ''));
    if (text !== null && jsonOf(text) === undefined) damaged.push(file);
  }
  return damaged;
}

const eventSchema = v.looseObject({
  at: v.string(),
  event: v.string(),
  agent: v.optional(v.nullable(v.string())),
  reason: v.optional(v.string()),
  message: v.optional(v.string()),
});
const runEvents = new Set(['checkpoint.created', 'checkpoint.unchanged', 'checkpoint.not-applicable']);
const failureEvents = new Set(['hook.failed', 'hook.unreadable', 'checkpoint.missing']);

/** When an agent's hook last did what it is for, and when and why it last did not, as the event log tells. */
export async function hookRunFacts(stateFolder: string): Promise<HookRunFacts> {
  const file = eventLogFile(stateFolder);
  let lastRunAt: number | null = null;
  let lastFailure: HookRunFacts['lastFailure'] = null;
  for (const each of [`${file}.1`, file]) {
    const text = await readFile(each, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const parsed = v.safeParse(eventSchema, jsonOf(line));
      if (!parsed.success) continue;
      const { event, message, reason } = parsed.output;
      const at = Date.parse(parsed.output.at);
      if (Number.isNaN(at)) continue;
      if (runEvents.has(event) && parsed.output.agent) lastRunAt = Math.max(lastRunAt ?? at, at);
      if (failureEvents.has(event) && at >= (lastFailure?.at ?? at))
        lastFailure = { at, text: message ?? reason ?? 'the hook got input that it could not read' };
    }
  }
  return { lastRunAt, lastFailure };
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
