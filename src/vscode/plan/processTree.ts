import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pids → parents' pids, of every process of this machine; empty where the system does not tell (Windows has no `ps`). */
export async function readParents(): Promise<ReadonlyMap<number, number>> {
  try {
    const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='], { timeout: 3000, maxBuffer: 10_000_000 });
    return parseParents(stdout);
  } catch {
    // Not there, or too slow: then nothing is known of who runs in which terminal.
    return new Map();
  }
}

export function parseParents(text: string): ReadonlyMap<number, number> {
  return new Map(
    [...text.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)].map(([, pid, parent]) => [Number(pid), Number(parent)] as const),
  );
}

/** Whether a process is `ancestor`, or was started by it or by what that started. */
export function descendsFrom(parents: ReadonlyMap<number, number>, pid: number, ancestor: number): boolean {
  const seen = new Set<number>();
  for (let at: number | undefined = pid; at !== undefined && at > 0 && !seen.has(at); at = parents.get(at)) {
    if (at === ancestor) return true;
    seen.add(at);
  }
  return false;
}
