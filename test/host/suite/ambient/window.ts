import { execFile, execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { filesOnDisk, type Files } from '../../../support/workingTree.ts';
import { commandLine } from '../../commandLine.ts';

export const burstLabel = 'Before a burst of edits';

/** What plain git tells of a checkpoint. Looked at often and beside the extension: in its process, and nothing may block it. */
export interface Listed {
  readonly id: string;
  readonly ref: string;
  readonly label: string;
  readonly kind: string;
  readonly tool: string | null;
  readonly createdAt: number;
}

const run = promisify(execFile);

export function root(): string {
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
}

export function uriOf(path: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(root()), path);
}

export function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root(), encoding: 'utf8', stdio: 'pipe' });
}

async function look(args: readonly string[], input = ''): Promise<string> {
  const running = run('git', args, { cwd: root(), encoding: 'latin1', maxBuffer: 1 << 28 });
  // A git that reads nothing may have ended before it is given nothing.
  if (input !== '') running.child.stdin?.end(input);
  return (await running).stdout;
}

export function disk(): Files {
  return filesOnDisk(root());
}

async function filesOf({ ref }: Listed): Promise<Files> {
  const entries = (await look(['ls-tree', '-r', '-z', `${ref}^{tree}`])).split('\0').filter(Boolean);
  const ids = entries.map((entry) => entry.split(/[ \t]/)[2] ?? '');
  const answer = await look(['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''));
  let at = 0;
  const contents = ids.map((): string => {
    const start = answer.indexOf('\n', at) + 1;
    const size = Number(answer.slice(at, start).split(' ')[2]);
    at = start + size + 1;
    return answer.slice(start, start + size);
  });
  const files = entries.map((entry, index): [string, string] => [entry.split('\t')[1] ?? '', contents[index] ?? '']);
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Newest first. */
export async function list(): Promise<readonly Listed[]> {
  const format = '%(refname)%00%(contents:subject)%00%(contents:body)%00';
  const text = await look(['for-each-ref', '--sort=-refname', `--format=${format}`, 'refs/soft-landing/main/*/w']);
  return text.split('\0\n').flatMap((line) => {
    const [ref = '', label = '', body = ''] = line.split('\0');
    if (ref === '') return [];
    const { id, kind, tool } = JSON.parse(body) as Pick<Listed, 'id' | 'kind' | 'tool'>;
    const [year, month, day, hour, minute, second, ms] = (
      /^(....)(..)(..)T(..)(..)(..)(...)/.exec(id)?.slice(1) ?? []
    ).map(Number);
    const createdAt = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second, ms);
    return [{ id, ref, label, kind, tool, createdAt }];
  });
}

export async function bursts(): Promise<readonly Listed[]> {
  return (await list()).filter(({ label }) => label === burstLabel);
}

/** Asks until the answer is something, without taking much from the extension, whose rest grows with the time that git takes. */
export async function wait<Value>(what: string, ask: () => Promise<Value | undefined>): Promise<Value> {
  const end = Date.now() + 90_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end)
      throw new Error(`waited in vain for ${what}; there are ${JSON.stringify(await list(), null, 1)}`);
    await sleep(200);
  }
}

/** The newest checkpoint, once it holds what is on disk (ignored files aside). */
export async function saved(): Promise<Listed> {
  return wait('a checkpoint of what is on disk', async () => {
    const [newest] = await list();
    const now = Object.entries(disk()).filter(([path]) => !path.startsWith('dist/'));
    const same = newest && JSON.stringify(Object.entries(await filesOf(newest))) === JSON.stringify(now);
    return same ? newest : undefined;
  });
}

/** Saved, and long enough ago that whatever comes now is clearly later. */
export async function quiet(): Promise<Listed> {
  const newest = await saved();
  await sleep(Math.max(0, newest.createdAt + 2500 - Date.now()));
  return newest;
}

/** The newest checkpoint that holds exactly these files. */
export async function holding(files: Files): Promise<Listed | undefined> {
  const wanted = JSON.stringify(files);
  for (const checkpoint of await list()) if (JSON.stringify(await filesOf(checkpoint)) === wanted) return checkpoint;
  return undefined;
}

/** A program on disk that the editor knows nothing of. It calls `write(path, text)` and `remove(path)`. */
export async function script(source: string): Promise<void> {
  const tools = `const fs = require('fs'), path = require('path');
    const write = (file, text) => (fs.mkdirSync(path.dirname(file), { recursive: true }), fs.writeFileSync(file, text));
    const remove = (file) => fs.rmSync(file, { recursive: true });`;
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  await run(process.execPath, ['-e', `${tools}\n${source}`], { cwd: root(), env });
}

/** Puts the files back as a checkpoint has them, by another process. */
export async function restore({ id }: Listed): Promise<void> {
  await commandLine('checkpoint', 'restore', id, '--repo', root());
}
