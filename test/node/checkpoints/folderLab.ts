import { execFileSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import type { CheckpointsOptions } from '../../../src/checkpoints/openOptions.ts';
import { gitEnvironment } from '../../support/repository.ts';
import { Lab, useLabs, value } from './lab.ts';

/** A folder without git under test; its checkpoints are in a state folder beside it. */
export class FolderLab extends Lab {
  get stateFolder(): string {
    return join(this.outer, 'state');
  }

  options(more: CheckpointsOptions = {}): CheckpointsOptions {
    return { stateFolder: this.stateFolder, ...more };
  }

  /** As whoever works in the folder opens it: it may get its first checkpoint. */
  async openRoot(more: CheckpointsOptions = {}): Promise<Checkpoints> {
    return value(await Checkpoints.open(this.dir, this.options({ newStoreAt: this.dir, ...more })));
  }

  async save(label = 'a checkpoint') {
    return value(await (await this.openRoot()).create({ kind: 'manual', label }));
  }

  stores(): string[] {
    const folder = join(this.stateFolder, 'stores');
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  }

  /** Plain git on the store, as somebody would use it by hand. */
  inStore(...args: readonly string[]): string {
    const [store = ''] = this.stores();
    const env = { ...gitEnvironment(), GIT_DIR: store };
    return execFileSync('git', args, { cwd: this.dir, env, encoding: 'latin1', stdio: 'pipe' });
  }

  assertStoreSound(): void {
    assert.equal(this.inStore('fsck', '--strict', '--no-dangling', '--no-progress'), '');
  }
}

/** Like `useLabs`, of folders without git. */
export function useFolderLabs(): (files: Readonly<Record<string, string>>) => FolderLab {
  useLabs();
  const made: FolderLab[] = [];
  afterEach(() => {
    for (const lab of made.splice(0)) lab.remove();
  });
  return (files) => {
    const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-folder-')));
    const lab = new FolderLab(outer, join(outer, 'work'));
    mkdirSync(lab.dir);
    for (const [path, content] of Object.entries(files)) lab.write(path, content);
    made.push(lab);
    return lab;
  };
}

/** The tree that `git add -A` makes of the folder with an index of its own, which knows nothing of any file. */
export function treeOfAddAll(lab: FolderLab): string {
  const [store = ''] = lab.stores();
  const index = join(lab.outer, 'add-all.index');
  const env = { ...gitEnvironment(), GIT_DIR: store, GIT_INDEX_FILE: index };
  const run = (...args: string[]) => execFileSync('git', args, { cwd: lab.dir, env, encoding: 'utf8', stdio: 'pipe' });
  try {
    run('add', '-A');
    return run('write-tree').trim();
  } finally {
    rmSync(index, { force: true });
  }
}
