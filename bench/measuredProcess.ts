import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTimed, type ProcessRun } from './timedProcess.ts';

/** What one run of a program took. `peakMegabytes`: the most memory it held at once (resident). */
export interface Cost {
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly peakMegabytes: number;
}

/**
 * Node tells what it used itself, but not what its children did, and not every program compared is a Node. wait4(2) tells it of any child, to
 * the microsecond and with all its threads. Python's standard library has it; it waits while the program runs.
 */
const waiter = `
import json, os, sys, time
begun = time.monotonic()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(pid, 0)
wall = time.monotonic() - begun
# Kilobytes, but bytes on macOS.
unit = 1000000 if sys.platform == 'darwin' else 1000000 / 1024
with open(sys.argv[1], 'w') as out:
    json.dump({'wallMs': wall * 1000, 'userMs': used.ru_utime * 1000, 'systemMs': used.ru_stime * 1000, 'peakMegabytes': used.ru_maxrss / unit}, out)
sys.exit(1 if status else 0)
`;

/** Runs a program to its end and measures it alone. Throws unless it exits with 0, or where there is no Python to measure with. */
export async function measured(run: ProcessRun): Promise<{ readonly cost: Cost; readonly stdout: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'soft-landing-measured-'));
  const file = join(folder, 'cost.json');
  try {
    const args = ['-I', '-S', '-c', waiter, file, run.program, ...run.args];
    const { stdout } = await runTimed({ ...run, program: python(), args });
    return { cost: JSON.parse(readFileSync(file, 'utf8')) as Cost, stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let found: string | null = null;

/** The program itself: what is on the PATH may be a script of a version manager, which would need its user's home. */
function python(): string {
  if (found !== null) return found;
  try {
    found = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
    return found;
  } catch (error) {
    throw new Error('This bench measures other programs through python3, which cannot be started here.', {
      cause: error,
    });
  }
}
