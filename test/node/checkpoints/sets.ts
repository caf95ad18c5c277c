import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import type { CheckpointsOptions } from '../../../src/checkpoints/openOptions.ts';
import { value, type Entries, type Lab, type WorkingState } from './lab.ts';

/** A repository inside another one's folder, with one commit of `files`; null: unborn. */
export function nest(outer: Lab, name: string, files: Readonly<Record<string, string>> | null): Lab {
  mkdirSync(join(outer.dir, name), { recursive: true });
  const inner = outer.at(join(outer.dir, name));
  inner.git('init', '-q', '-b', 'main');
  person(inner);
  if (files) {
    for (const [path, content] of Object.entries(files)) inner.write(path, content);
    inner.commit('first');
  }
  return inner;
}

export function person(lab: Lab): void {
  lab.git('config', 'user.name', 'Test Person');
  lab.git('config', 'user.email', 'test@example.invalid');
}

/** A submodule `name`, added and committed. Its HEAD is detached, as `git submodule update` leaves it. */
export function addSubmodule(outer: Lab, name: string, files: Readonly<Record<string, string>>): Lab {
  const source = outer.at(mkdtempSync(join(outer.outer, 'source-')));
  source.git('init', '-q', '-b', 'main');
  person(source);
  for (const [path, content] of Object.entries(files)) source.write(path, content);
  source.commit('library');
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', source.dir, name);
  outer.git('commit', '-q', '-m', `add ${name}`);
  const inner = outer.at(join(outer.dir, name));
  person(inner);
  inner.git('checkout', '-q', '--detach');
  return inner;
}

/** Every file with all its bytes, and every index entry; of the git directories of repositories inside nothing. */
function stateOf(lab: Lab): WorkingState {
  const { files, index } = lab.state();
  const own = Object.entries(files).filter(([path]) => !path.includes('.git/'));
  return { files: Object.fromEntries(own), index };
}

export function statesOf(labs: readonly Lab[]): readonly WorkingState[] {
  return labs.map(stateOf);
}

export async function save(checkpoints: Checkpoints, label = 'saved') {
  return value(await checkpoints.create({ kind: 'manual', label }));
}

/**
 * `before` → checkpoint → `agent` → reset → undo, in several repositories at once, every step compared with what was recorded: files,
 * index entries, and all else in every git directory. Answers the checkpoint and both reports.
 */
export async function roundTripSet(
  labs: readonly [Lab, ...Lab[]],
  agent: () => void,
  options: CheckpointsOptions = {},
) {
  const checkpoints = await labs[0].open(options);
  const folders = (): readonly Entries[] => labs.map((lab) => lab.gitFolder({ withoutIndex: true }));
  const before = statesOf(labs);
  const wholeFolders = labs.map((lab) => lab.gitFolder());
  const made = await save(checkpoints, 'before');
  assert.equal(made.unchanged, false);
  assert.deepEqual(statesOf(labs), before, 'creating a checkpoint changed the working state');
  assert.deepEqual(
    labs.map((lab) => lab.gitFolder()),
    wholeFolders,
    'creating a checkpoint changed something of the user in .git',
  );
  agent();
  const after = statesOf(labs);
  const foldersAfter = folders();
  const restored = value(await checkpoints.restore(made.id));
  assert.deepEqual(statesOf(labs), before, 'the reset did not bring the state back');
  assert.deepEqual(folders(), foldersAfter, 'the reset changed something else in .git');
  const undone = value(await checkpoints.undo());
  assert.deepEqual(statesOf(labs), after, 'the undo did not bring the state back');
  assert.deepEqual(folders(), foldersAfter, 'the undo changed something else in .git');
  for (const lab of labs) lab.assertSound();
  return { checkpoints, made, restored, undone };
}

/** The git commands that `work` ran, by their first words, in order. */
export async function gitCommandsOf(lab: Lab, work: () => Promise<unknown>): Promise<readonly string[]> {
  const log = join(lab.outer, `trace-${process.hrtime.bigint()}`);
  await lab.withGit(`printf '%s\\n' "$*" >> '${log}'\ncd "$OLDPWD" && exec "$real" "$@"`, work);
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => commandOf(line));
}

/** The word after git's own options. */
function commandOf(line: string): string {
  const words = line.split(' ');
  let at = 0;
  while (words[at]?.startsWith('-')) at += words[at] === '-c' || words[at] === '-C' ? 2 : 1;
  return words[at] ?? '';
}

export function ids(lab: Lab): readonly string[] {
  return lab
    .git('for-each-ref', '--format=%(refname)', 'refs/soft-landing/*/*/w')
    .split('\n')
    .flatMap((ref) => ref.split('/').slice(3, 4));
}
