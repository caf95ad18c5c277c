import { readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { HookEvent } from '../agents/agent.ts';
import { farFile, longestFarSeconds } from '../install/launcher.ts';
import { errorCode } from '../store/errno.ts';
import { limitsFile, preferencesFile } from '../store/stateFiles.ts';

/*
 * The truce: for so long an agent cannot come into its reserve, so that nobody needs to look (landing/farTruce.ts). Its file has a line
 * for the launcher, the end in epoch seconds, and one for the hook: which events it holds for, beside the batches of the launcher.
 */

const forCommands = 'commands';
const forPrompts = 'prompts';

export interface Truce {
  /** 0 for none */
  readonly seconds: number;
  /** epoch milliseconds */
  readonly now: number;
  /** whether all is known that an agent may be told of after its next response */
  readonly isForCommands: boolean;
  /** whether a prompt changes nothing of what it rests on */
  readonly isForPrompts: boolean;
}

export async function keepTruce(file: string, { seconds, now, isForCommands, isForPrompts }: Truce): Promise<void> {
  if (seconds <= 0) await rm(file, { force: true });
  else {
    const events = [...(isForCommands ? [forCommands] : []), ...(isForPrompts ? [forPrompts] : [])];
    await writeFile(file, `${Math.floor(now / 1000) + seconds}\n${events.join(' ')}\n`, { mode: 0o600 });
  }
}

/**
 * Whether nothing is to be said at an event, and nothing of it to be remembered: not of an edit, whose files strict mode asks for later,
 * nor at a turn's end, the last chance to say something. Changed preferences and newly published limits end the truce.
 */
export function isSpared(event: HookEvent, stateFolder: string, now: number): boolean {
  const isCommand = event.kind === 'tool' && (event.work === 'shell' || event.work === 'other');
  if (!isCommand && event.kind !== 'prompt') return false;
  const file = farFile(stateFolder, event.agent);
  try {
    const [until = '', holdsFor = ''] = readFileSync(file, 'utf8').split('\n');
    const left = /^\d{1,10}$/.test(until) ? Number(until) - now / 1000 : 0;
    if (left <= 0 || left > longestFarSeconds) return false;
    if (!holdsFor.split(' ').includes(isCommand ? forCommands : forPrompts)) return false;
    const writtenAt = statSync(file).mtimeMs;
    return [limitsFile, preferencesFile].every(
      (placeIn) => (statSync(placeIn(stateFolder), { throwIfNoEntry: false })?.mtimeMs ?? 0) < writtenAt,
    );
  } catch (error) {
    // There is none, mostly.
    if (errorCode(error) === null) throw error;
    return false;
  }
}
