import { readFileSync } from 'node:fs';

/**
 * Aborts when this program is to end: on Ctrl-C, on a signal, and when what started it (npm, tsx, a test) is gone without a word, which
 * would otherwise leave a server running that nobody can stop. A second Ctrl-C ends at once.
 */
export function lifetime(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // npm and tsx pass on what the terminal has sent us already, so a second signal counts only after a moment.
      if (Date.now() - abortedAt > 1000 && controller.signal.aborted) process.exit(130);
      if (!controller.signal.aborted) abortedAt = Date.now();
      controller.abort();
    });
  }
  let abortedAt = 0;
  const [parent, starters] = [process.ppid, startersOf(process.ppid)];
  setInterval(() => {
    if (process.ppid !== parent || !starters.every(isAlive)) controller.abort();
  }, 1000).unref();
  return controller.signal;
}

/** The programs between this one and the person: npm, its shell, tsx. Known on Linux only; elsewhere the parent alone is watched. */
function startersOf(parent: number): number[] {
  const found: number[] = [];
  for (let pid = parent; pid > 1;) {
    const stat = read(`/proc/${pid}/stat`);
    // "pid (name) state ppid …", and the name may hold anything
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    if (!/^(node|npm|tsx|sh$|dash$|MainThread$)/.test(name)) return found;
    found.push(pid);
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
  return found;
}

function isAlive(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== '' && stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
