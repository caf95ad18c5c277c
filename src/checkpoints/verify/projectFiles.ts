import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { toldBy, toldByPresence, type ProjectFiles } from './detectCommands.ts';

/** A larger one is no file that a person wrote. */
const mostBytes = 500_000;

/** Reads what `detectVerifyCommands` looks at. What cannot be read counts as not there. */
export async function readProjectFiles(folder: string): Promise<ProjectFiles> {
  const names = new Set(await readdir(folder).catch(() => []));
  const present = toldByPresence.filter((name) => names.has(name)).map((name) => [name, ''] as const);
  const read = await Promise.all(
    toldBy
      .filter((name) => names.has(name))
      .map(async (name) => [name, await textOf(path.join(folder, name))] as const),
  );
  const told = read.flatMap(([name, text]) => (text === null ? [] : [[name, text] as const]));
  return Object.fromEntries([...present, ...told]);
}

async function textOf(file: string): Promise<string | null> {
  try {
    const handle = await open(file, 'r');
    try {
      const info = await handle.stat();
      return info.isFile() && info.size <= mostBytes ? await handle.readFile('utf8') : null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
