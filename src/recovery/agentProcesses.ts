import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

/** A process that runs an agent's program. */
export interface AgentProcess {
  /** its words, a space between each two */
  readonly commandLine: string;
  /** null where that is not told */
  readonly cwd: string | null;
}

/** A busy machine answers late; nobody waits for this. */
const patienceMs = 5000;

/**
 * The processes of this machine that run a program of this name; null where the system does not tell. Linux tells in files, other Unixes
 * through `ps` and `lsof`; Windows has nothing of the kind that answers within a second.
 * @param platform another than this one's only in tests: Linux has `ps` and `lsof` too
 */
export async function agentProcesses(
  name: string,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly AgentProcess[] | null> {
  if (platform === 'win32') return null;
  return platform === 'linux' ? fromProc(name) : fromPs(name);
}

async function fromProc(name: string): Promise<readonly AgentProcess[] | null> {
  const pids = await readdir('/proc').catch(() => null);
  if (pids === null) return null;
  const found: AgentProcess[] = [];
  for (const pid of pids.filter((each) => /^\d+$/.test(each))) {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const words = text.split('\0').filter((word) => word !== '');
    if (!runs(words, name)) continue;
    // Another user's does not tell, nor one that has just ended.
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    found.push({ commandLine: words.join(' '), cwd });
  }
  return found;
}

async function fromPs(name: string): Promise<readonly AgentProcess[] | null> {
  const listed = await output('ps', ['-axww', '-o', 'pid=,args=']);
  if (listed.trim() === '') return null;
  const lines = [...listed.matchAll(/^\s*(\d+)\s+(.+?)\s*$/gm)].flatMap(([, pid, commandLine]) =>
    pid !== undefined && commandLine !== undefined && runs(commandLine.split(/\s+/), name)
      ? [{ pid, commandLine }]
      : [],
  );
  if (lines.length === 0) return [];
  const told = await output('lsof', ['-a', '-d', 'cwd', '-p', lines.map(({ pid }) => pid).join(','), '-Fpn']);
  const folders = foldersIn(told);
  return lines.map(({ pid, commandLine }) => ({ commandLine, cwd: folders.get(pid) ?? null }));
}

/** Of lsof's lines `pPID`, `fcwd` and `nFOLDER`. */
function foldersIn(told: string): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  let pid = '';
  for (const line of told.split('\n')) {
    if (line.startsWith('p')) pid = line.slice(1);
    else if (line.startsWith('n/')) folders.set(pid, line.slice(1));
  }
  return folders;
}

/** By one of the first words: the program may be a script that an interpreter runs. */
function runs(words: readonly string[], name: string): boolean {
  return words.slice(0, 3).some((word) => path.basename(word).replace(/\.[cm]?js$/, '') === name);
}

/** What a program printed, whatever it ended with: `lsof` complains of each process that is gone meanwhile. */
function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: patienceMs, maxBuffer: 10_000_000, windowsHide: true };
    execFile(program, [...args], options, (_error, stdout) => resolve(stdout));
  });
}
