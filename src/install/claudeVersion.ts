import { execFile } from 'node:child_process';
import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Surroundings } from '../agents/agent.ts';
import { claudeTranscripts } from '../agents/claude/transcripts.ts';
import { findProgram } from './launcher.ts';

/** It reads no settings for this, and asks nobody. */
const patienceMs = 5000;
const tailBytes = 64 * 1024;
const isWindows = process.platform === 'win32';

/**
 * Which Claude Code works here: the program on the PATH, else what the newest transcript says (the editor's extension and the desktop app bring
 * programs of their own). null: nobody can tell.
 */
export async function claudeVersion(surroundings: Surroundings): Promise<string | null> {
  const program = await findProgram(['claude'], surroundings.env);
  const told = program === null ? null : await askedVersion(program, surroundings);
  return told ?? (await seenVersion(surroundings));
}

function askedVersion(program: string, { env, home }: Surroundings): Promise<string | null> {
  return new Promise((resolve) => {
    const options = {
      env: { ...env, HOME: home },
      timeout: patienceMs,
      windowsHide: true,
      // A command file is no program.
      shell: isWindows && program.endsWith('.cmd'),
    };
    const quoted = options.shell ? `"${program}"` : program;
    execFile(quoted, ['--version'], options, (_error, stdout) => resolve(/\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? null));
  });
}

/** Which one wrote the newest transcript, without running anything. null: there is none, or it does not say. */
export async function seenVersion(surroundings: Surroundings): Promise<string | null> {
  let newest: { readonly file: string; readonly at: number } | null = null;
  for (const { path: root } of claudeTranscripts.roots(surroundings)) {
    for (const project of await readdir(root).catch(() => [])) {
      const folder = path.join(root, project);
      for (const name of await readdir(folder).catch(() => [])) {
        if (!name.endsWith('.jsonl')) continue;
        const file = path.join(folder, name);
        const at = (await stat(file).catch(() => null))?.mtimeMs ?? 0;
        if (newest === null || at > newest.at) newest = { file, at };
      }
    }
  }
  if (newest === null) return null;
  const versions = [...(await endOf(newest.file)).matchAll(/"version":"(\d+\.\d+\.\d+)"/g)];
  return versions.at(-1)?.[1] ?? null;
}

async function endOf(name: string): Promise<string> {
  const file = await open(name).catch(() => null);
  if (file === null) return '';
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    await file.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('latin1');
  } catch {
    return '';
  } finally {
    await file.close();
  }
}
