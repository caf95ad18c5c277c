import assert from 'node:assert/strict';
import { chmodSync, lstatSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { value, type Lab } from './lab.ts';
import { addAllTree, assertReset, ignoreRules, isIgnored, recordState, type RecordedState } from './recordedState.ts';

/** mulberry32: good enough that every branch is taken, which the counts prove. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Few and colliding: files in each other's way are where resets go wrong. */
const names = 'a|b|c.txt|dir/x|dir/y|dir/sub/z|a/under|dir2/x|e.log|dir/f.log|sp ace|dir'.split('|');
const roots = ['a', 'b', 'c.txt', 'dir', 'dir2', 'e.log', 'sp ace'];
const merging = /^(?:MERGE_HEAD|CHERRY_PICK_HEAD)$/;

interface Saved {
  readonly id: string;
  readonly state: RecordedState;
}

/** A reset that an undo takes back. */
interface Done {
  readonly before: RecordedState;
  readonly root: string | null;
  /** the HEAD it moved to, if it moved it */
  readonly headTo: string | null;
}

type Action = readonly [name: string, weight: number, act: () => Promise<boolean> | boolean];

/** A user, an agent and Soft Landing in one repository, in a random order that a seed decides. */
export class RandomWalk {
  readonly lab: Lab;
  /** what was done, how often: a walk that never undoes proves nothing about undo */
  readonly counts: Record<string, number> = {};
  readonly #checkpoints: Checkpoints;
  readonly #random: (below: number) => number;
  readonly #saved: Saved[] = [];
  readonly #done: Done[] = [];
  readonly #actions: readonly Action[];
  #serial = 0;

  constructor(lab: Lab, checkpoints: Checkpoints, random: (below: number) => number) {
    this.lab = lab;
    this.#checkpoints = checkpoints;
    this.#random = random;
    this.#actions = [
      ['edit', 20, () => this.#edit()],
      ['link', 4, () => this.#link()],
      ['stage', 8, () => this.#onOne((path) => this.#git('add', '-f', '--', path))],
      ['stage a part', 6, () => this.#stagePart()],
      ['stage all', 3, () => this.#git('add', '-A')],
      ['intend', 7, () => this.#intend()],
      ['unstage', 3, () => this.#git('reset', '-q')],
      ['commit', 5, () => this.#commit()],
      ['switch', 8, () => this.#switch()],
      ['conflict', 5, () => this.#conflict()],
      ['delete', 7, () => this.#onOne((path) => (lab.delete(path), true))],
      ['delete and stage', 3, () => this.#deleteStaged()],
      ['rename', 5, () => this.#rename()],
      ['chmod', 5, () => this.#chmod()],
      ['ignore', 4, () => this.#ignore()],
      ['checkpoint', 14, () => this.#checkpoint()],
      ['restore', 7, () => this.#restore(null)],
      ['restore of a path', 5, () => this.#restore(this.#pick(roots))],
      ['restore with HEAD', 3, () => this.#restore(null, true)],
      ['undo', 6, () => this.#undo()],
      ['undo of several', 3, () => this.#undoSeveral()],
    ];
  }

  async step(): Promise<void> {
    const total = this.#actions.reduce((sum, [, weight]) => sum + weight, 0);
    let at = this.#random(total);
    for (const [name, weight, act] of this.#actions) {
      at -= weight;
      if (at >= 0) continue;
      this.#count((await act()) ? name : `${name}: not possible`);
      return;
    }
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#random(items.length)];
    assert.ok(item !== undefined);
    return item;
  }

  /** What git refuses in the present state has not happened. */
  #git(...args: readonly string[]): boolean {
    try {
      this.lab.git(...args);
      return true;
    } catch {
      return false;
    }
  }

  /** Makes room: a parent that is a file goes, and so does a folder of that name. */
  #clear(path: string): void {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      if (this.lab.exists(parent) && !lstatSync(this.lab.bytes(parent)).isDirectory()) this.lab.delete(parent);
    }
    this.lab.delete(path);
  }

  /** The parents of `path`, and nothing in its place. */
  #place(path: string): void {
    this.#clear(path);
    this.lab.write(path, '');
    this.lab.delete(path);
  }

  #write(path: string): void {
    this.lab.write(path, `${path} ${this.#serial++}\n`);
  }

  #edit(): boolean {
    const path = this.#pick(names);
    this.#clear(path);
    this.#write(path);
    return true;
  }

  #link(): boolean {
    const path = this.#pick(['b', 'dir2', 'dir/y']);
    this.#place(path);
    this.lab.link(path, this.#pick(['dir', 'nowhere', 'a']));
    return true;
  }

  #onOne(act: (path: string) => boolean): boolean {
    const present = Object.keys(this.lab.files());
    return present.length > 0 && act(this.#pick(present));
  }

  #stagePart(): boolean {
    const path = this.#pick(names);
    this.#clear(path);
    this.#write(path);
    if (!this.#git('add', '-f', '--', path)) return false;
    this.#write(path);
    return true;
  }

  /** Of a path that HEAD may have, which git then calls deleted and added. */
  #intend(): boolean {
    const path = this.#pick(names);
    this.#clear(path);
    this.#write(path);
    this.#git('rm', '-rqf', '--cached', '--ignore-unmatch', '--', path);
    return this.#git('add', '-f', '-N', '--', path);
  }

  #deleteStaged(): boolean {
    const tracked = this.lab.git('ls-files', '-z').split('\0').filter(Boolean);
    return tracked.length > 0 && this.#git('rm', '-rqf', '--cached', '--', this.#pick(tracked));
  }

  #rename(): boolean {
    const present = Object.keys(this.lab.files());
    if (present.length === 0) return false;
    const [from, to] = [this.#pick(present), this.#pick(names)];
    if (from === to || from.startsWith(`${to}/`) || to.startsWith(`${from}/`)) return false;
    this.#place(to);
    if (!this.lab.exists(from)) return false;
    renameSync(this.lab.bytes(from), this.lab.bytes(to));
    return true;
  }

  #chmod(): boolean {
    const files = Object.entries(this.lab.files()).filter(([, content]) => !content.startsWith('link '));
    if (files.length === 0) return false;
    const [path, content] = this.#pick(files);
    chmodSync(this.lab.bytes(path), content.startsWith('exec') ? 0o644 : 0o755);
    return true;
  }

  #ignore(): boolean {
    const [log = '', folder = '', below = ''] = Object.keys(ignoreRules);
    this.lab.delete('.gitignore');
    this.lab.write('.gitignore', this.#pick([`${log}\n`, '', `${folder}\n`, `${log}\n${below}\n`]));
    return true;
  }

  #commit(): boolean {
    // As a user does who is through with a merge.
    if (this.#isConflicted(recordState(this.lab))) this.lab.git('add', '-A');
    return this.#git('commit', '-q', '--allow-empty', '-m', `step ${this.#serial++}`);
  }

  #switch(): boolean {
    const other = recordState(this.lab).branch === 'main' ? 'side' : 'main';
    if (!this.lab.exists(`.git/refs/heads/${other}`)) return this.#git('checkout', '-q', '-b', other);
    // What git then refuses because of what is not committed, a user does with everything put aside.
    return this.#git('checkout', '-q', other) || (this.#random(2) === 0 && this.#git('checkout', '-qf', other));
  }

  /** A merge of a commit that changed the same file, and deleted another one, in another way. */
  #conflict(): boolean {
    const { lab } = this;
    lab.git('add', '-A');
    if (!this.#git('commit', '-q', '--allow-empty', '-m', 'before the conflict')) return false;
    const base = recordState(lab);
    const tracked = base.index.filter((entry) => entry.startsWith('100')).map((entry) => entry.split('\t')[1]?.trim());
    const [path = '', gone = path] = [this.#pick([...tracked, 'a']), this.#pick([...tracked, 'b'])];
    const env = { GIT_INDEX_FILE: join(lab.outer, 'theirs.index') };
    const blob = lab.gitWith({ input: `theirs ${this.#serial++}\n` }, 'hash-object', '-w', '--stdin').trim();
    lab.gitWith({ env }, 'read-tree', 'HEAD');
    lab.gitWith({ env }, 'update-index', '--force-remove', gone);
    lab.gitWith({ env }, 'update-index', '--add', '--replace', '--cacheinfo', `100644,${blob},${path}`);
    const tree = lab.gitWith({ env }, 'write-tree').trim();
    const theirs = lab.git('commit-tree', '-p', 'HEAD', '-m', 'theirs', tree).trim();
    for (const ours of [path, gone]) {
      this.#clear(ours);
      this.#write(ours);
    }
    lab.git('add', '-f', '--', path, gone);
    lab.git('commit', '-q', '-m', 'ours');
    this.#git('merge', '-q', theirs);
    return this.#isConflicted(recordState(lab));
  }

  #isConflicted({ index }: RecordedState): boolean {
    return index.some((entry) => / [123]\t/.test(entry));
  }

  async #checkpoint(): Promise<boolean> {
    const [state, folder] = [recordState(this.lab), this.lab.gitFolder()];
    const made = value(await this.#checkpoints.create({ kind: 'manual', label: `step ${this.#serial++}` }));
    assert.deepEqual(recordState(this.lab), state, 'a checkpoint changed the working state');
    assert.deepEqual(this.lab.gitFolder(), folder, 'a checkpoint changed something of the user in .git');
    assert.equal(made.tree, addAllTree(this.lab), 'the tree is not that of git add -A');
    const known = this.#saved.find((saved) => saved.id === made.id);
    if (made.unchanged && known) {
      assert.deepEqual([known.state.head, known.state.index], [state.head, state.index], 'something had changed');
    }
    if (made.unchanged) this.#count('unchanged');
    if (!known) this.#saved.push({ id: made.id, state });
    if (this.#isConflicted(state)) this.#count('checkpoint of a conflict');
    if (state.index.some((entry) => entry.endsWith(' 20000000'))) this.#count('checkpoint of an intention to add');
    return true;
  }

  async #restore(root: string | null, moveHead = false): Promise<boolean> {
    const before = recordState(this.lab);
    const isMerging = Object.keys(this.lab.gitFolder()).some((name) => merging.test(name));
    const possible = this.#saved.filter(({ state }) => !moveHead || (!isMerging && state.branch === before.branch));
    if (possible.length === 0) return false;
    const { id, state: wanted } = this.#pick(possible.slice(-6));
    const paths = root === null ? [] : [root];
    const folder = this.lab.gitFolder({ withoutIndex: true });
    const result = value(await this.#checkpoints.restore(id, { paths, moveHead }));
    const after = recordState(this.lab);
    assertReset(this.lab, { wanted, before, after, root, headMoves: moveHead, result });
    if (!moveHead) assert.deepEqual(this.lab.gitFolder({ withoutIndex: true }), folder, 'something else in .git');
    this.#done.push({ before, root, headTo: moveHead ? wanted.head : null });
    if (result.safety !== null && root === null) this.#saved.push({ id: result.safety, state: before });
    if (wanted.head !== before.head) this.#count('restore across commits');
    if (this.#isConflicted(wanted)) this.#count('restore of a conflict');
    if (this.#isConflicted(before)) this.#count('restore in a conflict');
    if (this.#random(4) === 0) await this.#undoAtOnce();
    return true;
  }

  /** Nothing has happened in between: then ignored files have to be as they were, too. */
  async #undoAtOnce(): Promise<void> {
    const reset = this.#done.pop();
    value(await this.#checkpoints.undo());
    assert.ok(reset);
    const { files, ...rest } = recordState(this.lab);
    // Files that the reset has brought and that the rules ignore: as undo cannot tell that they are not the user's, they stay.
    const isNew = (path: string): boolean => reset.before.files[path] === undefined;
    const stayed = new Set(Object.keys(files).filter((path) => isNew(path) && isIgnored(reset.before, path)));
    const others = Object.fromEntries(Object.entries(files).filter(([path]) => !stayed.has(path)));
    assert.deepEqual({ ...rest, files: others }, reset.before, 'the undo is not exact');
    this.#count(stayed.size === 0 ? 'undo at once' : 'undo that keeps ignored files');
  }

  async #undoSeveral(): Promise<boolean> {
    if (this.#done.length < 2) return false;
    for (let left = Math.min(3, this.#done.length); left > 0; left--) await this.#undo();
    return true;
  }

  async #undo(): Promise<boolean> {
    const reset = this.#done.pop();
    if (!reset) return false;
    const before = recordState(this.lab);
    const isMerging = Object.keys(this.lab.gitFolder()).some((name) => merging.test(name));
    const { before: wanted, root, headTo } = reset;
    // HEAD goes back only if it is still where the reset has put it.
    const headMoves = headTo !== null && before.head === headTo && before.branch === wanted.branch && !isMerging;
    const result = value(await this.#checkpoints.undo());
    assertReset(this.lab, { wanted, before, after: recordState(this.lab), root, headMoves, result });
    return true;
  }
}
