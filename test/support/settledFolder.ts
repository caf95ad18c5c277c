import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const longest = 30_000;

/**
 * Resolves when no process is left that was started with this folder in its arguments or its environment. A cut-off is recorded by a
 * process in a session of its own, which nobody has as a child: who removes the folder before takes it away under its hands.
 */
export async function untilNobodyUses(folder: string): Promise<void> {
  const end = Date.now() + longest;
  for (let users = usersOf(folder); users.length > 0; users = usersOf(folder)) {
    if (Date.now() > end) throw new Error(`still at work in ${folder}: ${users.join('; ')}`);
    await sleep(25);
  }
}

function usersOf(folder: string): readonly string[] {
  return (process.platform === 'linux' ? inProc() : byPs())
    .filter(({ pid, text }) => pid !== process.pid && text.includes(folder))
    .map(({ pid, text }) => `${pid} ${text.replaceAll('\0', ' ').slice(0, 200)}`);
}

interface Running {
  readonly pid: number;
  /** arguments, then the environment */
  readonly text: string;
}

function inProc(): readonly Running[] {
  return readdirSync('/proc').flatMap((name): Running[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const of = (what: string): string => readFileSync(`/proc/${name}/${what}`, 'latin1');
      return [{ pid: Number(name), text: of('cmdline') + of('environ') }];
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return [];
    }
  });
}

function byPs(): readonly Running[] {
  const lines = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return lines.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), text: line.trim() }));
}
