import path from 'node:path';
import * as v from 'valibot';

/*
 * The line in which Claude Code's terminal interface takes a prompt, as somebody who types there without seeing it has to treat it
 * (tried with the real one). What it deletes by these keys comes back with Ctrl+Y, and what was deleted before that with Alt+Y.
 */
const escape = '\u001B';
const [toLineEnd, deleteAfter, deleteBefore] = ['\u0005', '\u000B', '\u0015'];
/** Each takes a line, or the break before it. Some sixty keys in one piece would be taken for a paste, and be text. */
const deletions = 20;

/** What to press, one after the other with a rest between, so that nothing of what a person has half typed is in the line any more. */
export function keysToClear(isVim: boolean): readonly string[] {
  // In vim's command mode everything that is typed would be commands; `A` goes on typing at the line's end.
  const toInsertMode = isVim ? [escape, 'A'] : [];
  const before = deleteBefore.repeat(deletions);
  return [...toInsertMode, toLineEnd, deleteAfter.repeat(deletions), before, before];
}

const settingsSchema = v.object({ editorMode: v.optional(v.string()) });

/**
 * Files in which somebody may have said that the line is to be vim's, for a session with this configuration folder and directory. Not
 * `.claude.json`, where older versions keep it: a key can stand in there, and is none of our business.
 */
export function editorModeFiles(configFolder: string, cwd: string): readonly string[] {
  return [
    path.join(configFolder, 'settings.json'),
    path.join(cwd, '.claude', 'settings.json'),
    path.join(cwd, '.claude', 'settings.local.json'),
  ];
}

/** Whether one of them says so. Where another one takes it back, the keys do no harm. */
export function saysVim(text: string): boolean {
  try {
    const parsed = v.safeParse(settingsSchema, JSON.parse(text));
    return parsed.success && parsed.output.editorMode === 'vim';
  } catch {
    return false;
  }
}
