import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Ends a process at once, by SIGKILL, together with the children it has at that moment: none of them gets to do anything more. */
export function killWithChildren(pid: number): void {
  // Stopped first: it could start another child while they are being looked up.
  process.kill(pid, 'SIGSTOP');
  for (const child of childrenOf(pid)) kill(child);
  kill(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(parent: number): readonly number[] {
  const all = process.platform === 'linux' ? parentsInProc() : parentsByPs();
  return all.flatMap(([pid, of]) => (of === parent ? [pid] : []));
}

type ParentOf = readonly [pid: number, parent: number];

/** Without a `ps`, because git would come to its end while that starts. */
function parentsInProc(): readonly ParentOf[] {
  return readdirSync('/proc').flatMap((name): ParentOf[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // "pid (program) state parent …", and a program's name may hold anything.
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

function parentsByPs(): readonly ParentOf[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line): ParentOf => {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    return [pid, parent];
  });
}
