import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Surroundings } from '../agents/agent.ts';
import { statuslineCommand, teedStatusline } from '../agents/claude/statuslineSettings.ts';
import { claudeInstall } from '../install/claudeInstall.ts';
import { readJsonFile } from '../store/atomicFile.ts';
import { errorCode, errorText } from '../store/errno.ts';
import { readLimits } from '../store/limitsFile.ts';
import { limitsFile } from '../store/stateFiles.ts';
import { readPreferences } from '../store/preferences.ts';
import { spooledFiles } from '../store/readingSpool.ts';
import { readStoreFile } from '../usage/store/storeFile.ts';
import { storeFilePath } from '../usage/store/usageStore.ts';
import type { LimitsFacts, MeterFacts, StoreFacts, TeeFacts } from './facts.ts';
import { isExecutable } from './executable.ts';

/** Looks at what the meter keeps and is told; changes nothing. */
export async function meterFacts(
  stateFolder: string,
  projectDir: string,
  surroundings: Surroundings,
): Promise<MeterFacts> {
  const spooled = spooledFiles(stateFolder).filter(({ kind }) => kind === 'statusline');
  const preferences = await readPreferences(stateFolder).catch(() => null);
  return {
    store: storeFacts(storeFilePath(stateFolder)),
    limits: await limitsFacts(stateFolder),
    preferences: preferences && {
      reservePercent: preferences.reservePercent,
      budgets: Object.keys(preferences.budgets),
      prices: Object.keys(preferences.prices).length,
    },
    tees: await teeFacts(projectDir, surroundings),
    spool: { files: spooled.length, newestAt: spooled[0]?.writtenAt ?? null },
  };
}

function storeFacts(file: string): StoreFacts {
  const none = { path: file, bytes: 0, responses: 0, oldestAt: null, damaged: 0 };
  try {
    const found = readStoreFile(file, null);
    if (found === 'missing' || found === 'newer') return { ...none, state: found };
    let [responses, oldestAt] = [0, Infinity];
    for (const { table } of found.blocks) {
      responses += table.length;
      for (let row = 0; row < table.length; row += 1) oldestAt = Math.min(oldestAt, table.columns.at[row] ?? Infinity);
    }
    return {
      path: file,
      state: 'readable',
      bytes: statSync(file).size,
      responses,
      oldestAt: Number.isFinite(oldestAt) ? oldestAt : null,
      damaged: found.damaged,
    };
  } catch (error) {
    // A file stands where the state folder should: that is another finding.
    if (errorCode(error) === 'ENOTDIR') return { ...none, state: 'missing' };
    return { ...none, state: 'unreadable', why: errorText(error) };
  }
}

async function limitsFacts(stateFolder: string): Promise<LimitsFacts> {
  const file = limitsFile(stateFolder);
  try {
    const limits = await readLimits(stateFolder);
    if (limits !== null) {
      const counted = limits.windows.filter(({ drift }) => drift !== null).length;
      return { path: file, state: 'readable', at: limits.at, windows: limits.windows.length, counted };
    }
    const isThere = (await readJsonFile(file, v.unknown())) !== null || statSync(file, { throwIfNoEntry: false });
    return { path: file, state: isThere ? 'unusable' : 'missing', at: null, windows: 0, counted: 0 };
  } catch {
    return { path: file, state: 'unusable', at: null, windows: 0, counted: 0 };
  }
}

/** The statuslines that settings for this folder name, where they are ours. */
async function teeFacts(projectDir: string, surroundings: Surroundings): Promise<readonly TeeFacts[]> {
  const tees: TeeFacts[] = [];
  const seen = new Set<string>();
  // The user's first: of several that name a statusline, Claude Code runs the last one's.
  for (const scope of claudeInstall.scopes) {
    const file = path.resolve(claudeInstall.file(scope, projectDir, surroundings));
    const present = statuslineCommand(await readFile(file, 'utf8').catch(() => '{}'));
    if (seen.has(file) || !('command' in present) || present.command === null) continue;
    seen.add(file);
    const tee = teedStatusline(present.command);
    const hiddenBy = tee === null ? file : null;
    tees.forEach((each, index) => (tees[index] = { ...each, hiddenBy }));
    if (tee === null) continue;
    const { launcher, command } = tee;
    tees.push({ file, launcher, isThere: isExecutable(launcher), isAlone: command === '', hiddenBy: null });
  }
  return tees;
}
