import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import type { CheckpointsOptions } from '../../../src/checkpoints/openOptions.ts';
import type { CheckpointFailure } from '../../../src/checkpoints/failure.ts';
import type { Result } from '../../../src/protocol/result.ts';
import { gitEnvironment } from '../../support/repository.ts';

/** Path (one character per byte, with `/`) → what is there: kind, executable or not, and every byte. */
export type Entries = Readonly<Record<string, string>>;

/** All that a reset must bring back: every file, ignored ones too, and every index entry with its flags. */
export interface WorkingState {
  readonly files: Entries;
  readonly index: readonly string[];
}

function walk(top: string, skip: (path: string) => boolean): Entries {
  const found: [string, string][] = [];
  const visit = (prefix: string): void => {
    const folder = Buffer.concat([Buffer.from(`${top}/`), Buffer.from(prefix, 'latin1')]);
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const path = prefix + entry.name.toString('latin1');
      if (skip(path)) continue;
      const absolute = Buffer.concat([Buffer.from(`${top}/`), Buffer.from(path, 'latin1')]);
      if (entry.isDirectory()) visit(`${path}/`);
      else if (entry.isSymbolicLink()) {
        found.push([path, `link ${readlinkSync(absolute, { encoding: 'buffer' }).toString('latin1')}`]);
      } else if (entry.isFile()) {
        const mode = lstatSync(absolute).mode & 0o100 ? 'exec' : 'file';
        found.push([path, `${mode} ${readFileSync(absolute, 'latin1')}`]);
      } else found.push([path, 'special']);
    }
  };
  visit('');
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

// assume-unchanged, intent-to-add, skip-worktree; the other bits of a printed entry are git's own, in memory only.
const lastingFlags = 0x6000_8000;

/** One working tree under test, with a home of its own that the engine's git sees too. */
export class Lab {
  readonly outer: string;
  readonly dir: string;
  #gitDir: string | undefined;

  constructor(outer: string, dir: string) {
    this.outer = outer;
    this.dir = dir;
  }

  /** A repository on `main` with one commit of `files`; null: unborn, and without files. */
  static make(files: Readonly<Record<string, string>> | null, initOptions: readonly string[] = []): Lab {
    const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-lab-')));
    const lab = new Lab(outer, join(outer, 'repository'));
    mkdirSync(lab.dir);
    lab.git('init', '-q', '-b', 'main', ...initOptions);
    lab.git('config', 'user.name', 'Test Person');
    lab.git('config', 'user.email', 'test@example.invalid');
    if (files) {
      for (const [path, content] of Object.entries(files)) lab.write(path, content);
      lab.commit('first');
    }
    return lab;
  }

  /** The same tools in another folder: a linked worktree, a nested repository. */
  at(dir: string): Lab {
    return new Lab(this.outer, dir);
  }

  remove(): void {
    rmSync(this.outer, { recursive: true, force: true, maxRetries: 5 });
  }

  /** stdout, one character per byte. */
  git(...args: readonly string[]): string {
    return this.gitWith({}, ...args);
  }

  gitWith(options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string }, ...args: readonly string[]): string {
    return execFileSync('git', args, {
      cwd: this.dir,
      env: { ...gitEnvironment(), ...options.env },
      input: options.input ?? '',
      encoding: 'latin1',
      maxBuffer: 1 << 28,
      stdio: 'pipe',
    });
  }

  /** A git command that is expected to end with an error, such as a merge with a conflict. */
  gitFails(...args: readonly string[]): void {
    assert.throws(() => this.git(...args), /Command failed/);
  }

  commit(message: string): void {
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', message);
  }

  /** `path` has one character per byte. */
  bytes(path: string): Buffer {
    return Buffer.concat([Buffer.from(`${this.dir}/`), Buffer.from(path, 'latin1')]);
  }

  write(path: string, content: string, mode?: number): void {
    const parent = dirname(path);
    if (parent !== '.') mkdirSync(this.bytes(parent), { recursive: true });
    writeFileSync(this.bytes(path), content, { encoding: 'latin1', ...(mode === undefined ? {} : { mode }) });
  }

  link(path: string, target: string): void {
    symlinkSync(target, this.bytes(path));
  }

  delete(path: string): void {
    rmSync(this.bytes(path), { recursive: true, force: true });
  }

  read(path: string): string {
    return readFileSync(this.bytes(path), 'latin1');
  }

  exists(path: string): boolean {
    // Not existsSync: a dangling link exists.
    try {
      lstatSync(this.bytes(path));
      return true;
    } catch {
      return false;
    }
  }

  /** Nested repositories' own files included; only this working tree's `.git` is left out. */
  files(): Entries {
    return walk(this.dir, (path) => path === '.git');
  }

  index(): string[] {
    const entries: string[] = [];
    for (const line of this.git('-c', 'core.quotePath=false', 'ls-files', '--stage', '--debug').split('\n')) {
      const flags = /\tflags: ([0-9a-f]+)$/.exec(line)?.[1];
      if (flags !== undefined) {
        const lasting = parseInt(flags, 16) & lastingFlags;
        entries.push(`${entries.pop() ?? ''} ${lasting === 0 ? '' : lasting.toString(16)}`);
      } else if (line !== '' && !line.startsWith('  ')) entries.push(line);
    }
    return entries;
  }

  state(): WorkingState {
    return { files: this.files(), index: this.index() };
  }

  /** Every byte below .git that is the user's: index, refs, reflogs, configuration, merge state. Objects may be added. */
  gitFolder(options: { readonly withoutIndex?: boolean } = {}): Entries {
    this.#gitDir ??= this.git('rev-parse', '--absolute-git-dir').trim();
    const ours = /(?:^|\/)(?:objects|soft-landing)(?:\/|$)|^worktrees(?:\/|$)|^modules(?:\/|$)/;
    return walk(
      this.#gitDir,
      // The index may have been split: its shared part goes with it.
      (path) => ours.test(path) || (options.withoutIndex === true && /^(?:index|sharedindex\..*)$/.test(path)),
    );
  }

  refsOfOurs(): string[] {
    return this.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/soft-landing').split('\n').slice(0, -1);
  }

  /** The tree that `git add -A` makes of the same folder: in a copy, because it changes the index. */
  treeOfAddAll(): string {
    const copy = this.at(join(this.outer, 'add-all'));
    execFileSync('cp', ['-a', this.dir, copy.dir]);
    try {
      rmSync(join(copy.dir, '.git', 'index.lock'), { force: true });
      copy.git('add', '-A', '--sparse');
      return copy.git('write-tree').trim();
    } finally {
      rmSync(copy.dir, { recursive: true, force: true });
    }
  }

  async open(options: CheckpointsOptions = {}): Promise<Checkpoints> {
    return value(await Checkpoints.open(this.dir, options));
  }

  /** A checkpoint, checked: the user's git folder is the same, byte by byte. */
  async create(label = 'before'): Promise<Awaited<ReturnType<typeof createOn>>> {
    const folder = this.gitFolder();
    const created = await createOn(await this.open(), label);
    assert.deepEqual(this.gitFolder(), folder, 'creating a checkpoint changed something of the user in .git');
    return created;
  }

  /**
   * Runs `work` with a shell script in place of git: `$real "$@"` is the real one. For what happens at a certain moment only.
   */
  async withGit<Value>(script: string, work: () => Promise<Value>): Promise<Value> {
    const bin = join(this.outer, 'bin');
    const path = process.env['PATH'] ?? '';
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    rmSync(bin, { recursive: true, force: true });
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), `#!/bin/sh\nreal='${real}'\ncd '${this.dir}'\n${script}\n`, { mode: 0o755 });
    process.env['PATH'] = `${bin}:${path}`;
    try {
      return await work();
    } finally {
      process.env['PATH'] = path;
    }
  }

  assertSound(): void {
    const output = this.git('fsck', '--strict', '--no-dangling', '--no-progress');
    assert.equal(output, '');
  }
}

async function createOn(checkpoints: Checkpoints, label: string) {
  return value(await checkpoints.create({ kind: 'manual', label }));
}

export function value<Value>(result: Result<Value, CheckpointFailure>): Value {
  if (!result.ok) throw new Error(`${result.failure.reason}: ${result.failure.message}`);
  return result.value;
}

export function failure(result: Result<unknown, CheckpointFailure>): CheckpointFailure {
  assert.ok(!result.ok, 'this was expected to be refused');
  const { reason, message } = result.failure;
  return { reason, message };
}

/**
 * Gives this process, and so the engine's git, an empty home: the developer's own git configuration decides nothing.
 * `lab` answers a repository that is removed after the test.
 */
export function useLabs(): (files: Readonly<Record<string, string>> | null, initOptions?: readonly string[]) => Lab {
  const made: Lab[] = [];
  const hidden = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'] as const;
  let before: Record<string, string | undefined> = {};
  let home = '';
  beforeEach(() => {
    before = Object.fromEntries(hidden.map((name) => [name, process.env[name]]));
    home = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-home-')));
    process.env['HOME'] = home;
    process.env['GIT_CONFIG_GLOBAL'] = devNull;
    process.env['GIT_CONFIG_NOSYSTEM'] = '1';
    delete process.env['XDG_CONFIG_HOME'];
  });
  afterEach(() => {
    for (const lab of made.splice(0)) lab.remove();
    rmSync(home, { recursive: true, force: true });
    for (const [name, was] of Object.entries(before)) {
      if (was === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = was;
    }
  });
  return (files, initOptions = []) => {
    const lab = Lab.make(files, initOptions);
    made.push(lab);
    return lab;
  };
}

/** `before` → checkpoint → `agent` → reset → undo, every step compared with what was recorded. */
export async function roundTrip(
  lab: Lab,
  agent: () => void,
  options: { readonly tree?: 'as-add-all' | 'other'; readonly checkpoints?: CheckpointsOptions } = {},
): Promise<{ readonly id: string; readonly tree: string }> {
  const checkpoints = await lab.open(options.checkpoints);
  const before = lab.state();
  const folder = lab.gitFolder();
  const made = await createOn(checkpoints, 'before');
  assert.equal(made.unchanged, false);
  assert.deepEqual(lab.gitFolder(), folder, 'creating a checkpoint changed something of the user in .git');
  assert.deepEqual(lab.state(), before, 'creating a checkpoint changed the working state');
  if (options.tree !== 'other') assert.equal(made.tree, lab.treeOfAddAll(), 'the tree is not that of git add -A');

  agent();
  const after = lab.state();
  const folderAfter = lab.gitFolder({ withoutIndex: true });
  value(await checkpoints.restore(made.id));
  assert.deepEqual(lab.state(), before, 'the reset did not bring the state back');
  assert.deepEqual(lab.gitFolder({ withoutIndex: true }), folderAfter, 'the reset changed something else in .git');
  value(await checkpoints.undo());
  assert.deepEqual(lab.state(), after, 'the undo did not bring the state back');
  assert.deepEqual(lab.gitFolder({ withoutIndex: true }), folderAfter, 'the undo changed something else in .git');
  assert.equal(lab.exists('.git/index.lock'), false);
  return made;
}
