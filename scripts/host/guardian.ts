// Started beside long-lived processes (guard.ts). When the process that started it is gone, however it ended, its end of the pipe on
// stdin closes; then everything it had announced is ended and removed. It sits in a session of its own, so Ctrl-C does not reach it.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const groups = new Set<number>();
const folders = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const separator = line.indexOf(' ');
  const [word, rest] = [line.slice(0, separator), line.slice(separator + 1)];
  if (word === 'group') groups.add(Number(rest));
  else if (word === 'ended') groups.delete(Number(rest));
  else if (word === 'folder') folders.add(rest);
  else if (word === 'removed') folders.delete(rest);
}

signalAll('SIGTERM');
if (groups.size > 0) await wait(2000);
signalAll('SIGKILL');
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });

function signalAll(signal: NodeJS.Signals): void {
  for (const group of groups) {
    try {
      process.kill(process.platform === 'win32' ? group : -group, signal);
    } catch {
      // already gone
    }
  }
}
