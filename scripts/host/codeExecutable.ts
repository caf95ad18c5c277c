import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsxLoader } from './tsxLoader.ts';

/**
 * Writes a program that starts codeShim.ts, for callers that want the path of an executable. It is made anew for each run: a file in the
 * repository could lose its executable bit, and would have to guess which Node and which tsx to use.
 */
export function writeCodeExecutable(folder: string): string {
  const command = [process.execPath, '--import', tsxLoader, fileURLToPath(new URL('codeShim.ts', import.meta.url))];
  const path = join(folder, process.platform === 'win32' ? 'code.cmd' : 'code');
  if (process.platform === 'win32') {
    writeFileSync(path, `@${command.map((word) => `"${word}"`).join(' ')} %*\r\n`);
  } else {
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    writeFileSync(path, `#!/bin/sh\nexec ${quoted} "$@"\n`);
    chmodSync(path, 0o755);
  }
  return path;
}
