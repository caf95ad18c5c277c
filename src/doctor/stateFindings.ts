import { bytesText } from '../checkpoints/view/bytesText.ts';
import type { StateFolderFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { countWords } from './words.ts';

/** Below this a checkpoint or a log line can fail at any moment. */
const scarceBytes = 100_000_000;

export function stateFindings(facts: StateFolderFacts): readonly Finding[] {
  const { path, state, mode, isWritable, freeBytes, bytes, isMore, damaged, lostFolders } = facts;
  const found: Finding[] = [];
  const problem = (title: string, detail: string, fix: string): void => {
    found.push({ area: 'state', level: 'problem', title, detail, fix });
  };
  if (state === 'not-a-folder') {
    problem(
      'The state folder is not a folder',
      `${path} is a file, so nothing can be remembered. Checkpoints in repositories are not affected.`,
      `Move ${path} away; the folder is made again when it is needed.`,
    );
    return found;
  }
  if (state === 'unreadable' || !isWritable) {
    problem(
      'The state folder cannot be written',
      `${path}: the log, sessions and checkpoints of folders without git cannot be kept. Checkpoints in repositories are not affected.`,
      `Give this user the right to write there, or name another folder in SOFT_LANDING_HOME.`,
    );
  } else if (state === 'absent') {
    found.push({
      area: 'state',
      level: 'ok',
      title: `State folder: ${path}`,
      detail: 'Not made yet; it is made when it is needed.',
      fix: null,
    });
  } else {
    found.push({
      area: 'state',
      level: 'ok',
      title: `State folder: ${path}`,
      detail: `${isMore ? 'More than ' : ''}${bytesText(bytes)}${freeBytes === null ? '' : `, ${bytesText(freeBytes)} free`}.`,
      fix: null,
    });
  }
  if (freeBytes !== null && freeBytes < scarceBytes) {
    problem(
      'The disk is nearly full',
      `${bytesText(freeBytes)} are free where ${path} lies. What is there was kept; new checkpoints may fail.`,
      'Free some space; `soft-landing checkpoint prune` deletes old checkpoints.',
    );
  }
  if (mode !== null && (mode & 0o077) !== 0) {
    found.push({
      area: 'state',
      level: 'note',
      title: 'Other users may look into the state folder',
      detail: `${path} has mode ${mode.toString(8).padStart(4, '0')}; it is made with 0700.`,
      fix: `chmod 700 '${path}'`,
    });
  }
  if (damaged.length > 0) {
    found.push({
      area: 'state',
      level: 'note',
      title: `${countWords(damaged.length, 'damaged file')} of ours`,
      detail: `Such as ${damaged[0] ?? ''}. They count as missing and are written anew; no checkpoint and no settings depend on them.`,
      fix: null,
    });
  }
  const [lost] = lostFolders;
  if (lost !== undefined) {
    found.push({
      area: 'state',
      level: 'note',
      title: `Checkpoints of ${countWords(lostFolders.length, 'folder that is not there', 'folders that are not there')}`,
      detail: `Such as ${lost.folder}. Made again, even empty, it has them, and a reset brings its files back.`,
      fix: `mkdir -p '${lost.folder}' and look at them there; or, if nobody needs them, rm -r '${lost.store}'`,
    });
  }
  return found;
}
