import { execFileSync } from 'node:child_process';
import { chmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a file one that can neither be written nor replaced nor deleted; answers what ends that. For root, whom permissions do not hold
 * back, by the file system's own flag.
 */
export function makeUnwritable(file: string): () => void {
  if (process.getuid?.() === 0 && process.platform === 'linux') {
    execFileSync('chattr', ['+i', file]);
    return () => void execFileSync('chattr', ['-i', file]);
  }
  const folder = dirname(file);
  const modes = [statSync(file).mode, statSync(folder).mode] as const;
  chmodSync(file, 0o444);
  chmodSync(folder, 0o555);
  return () => {
    chmodSync(folder, modes[1]);
    chmodSync(file, modes[0]);
  };
}
