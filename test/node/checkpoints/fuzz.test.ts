import assert from 'node:assert/strict';
import { chmodSync, lstatSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Checkpoints, Restored } from '../../../src/checkpoints/checkpoints.ts';
import { useLabs, value, type Lab, type WorkingState } from './lab.ts';

// Another seed, or more steps, for a longer hunt; the seed is in the name of the test, to repeat what it found.
const seeds = (process.env['SOFT_LANDING_FUZZ_SEEDS'] ?? '20251123').split(',').map(Number);
const steps = Number(process.env['SOFT_LANDING_FUZZ_STEPS'] ?? 150);

/** mulberry32: good enough that every branch is taken, which the counts prove. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const names = [
  'a',
  'b',
  'c.txt',
  'dir/x',
  'dir/y',
  'dir/sub/z',
  'a/under',
  'dir2/x',
  'e.log',
  'dir/f.log',
  'sp ace',
  'dir',
];
const roots = ['a', 'b', 'c.txt', 'dir', 'dir2', 'e.log', 'sp ace'];

interface Saved {
  readonly id: string;
  readonly tree: string;
  readonly head: string;
  readonly state: WorkingState;
}

interface Reset {
  readonly before: WorkingState;
  readonly head: string;
  /** null: everything */
  readonly root: string | null;
}

interface Done {
  readonly root: string | null;
  readonly result: Restored;
  /** what was ignored before */
  readonly ignored: readonly string[];
}

class Walk {
  readonly lab: Lab;
  readonly counts: Record<string, number> = {};
  readonly #checkpoints: Checkpoints;
  readonly #random: (below: number) => number;
  readonly #saved: Saved[] = [];
  readonly #resets: Reset[] = [];
  #serial = 0;

  constructor(lab: Lab, checkpoints: Checkpoints, random: (below: number) => number) {
    this.lab = lab;
    this.#checkpoints = checkpoints;
    this.#random = random;
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#random(items.length)];
    assert.ok(item !== undefined);
    return item;
  }

  #head(): string {
    return this.lab.git('rev-parse', 'HEAD').trim();
  }

  /** Makes room: a parent that is a file goes, and so does a folder of that name. */
  #clear(path: string): void {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      if (this.lab.exists(parent) && !lstatSync(this.lab.bytes(parent)).isDirectory()) this.lab.delete(parent);
    }
    this.lab.delete(path);
  }

  #present(): string[] {
    return Object.keys(this.lab.files());
  }

  async step(): Promise<void> {
    const { lab } = this;
    const actions: readonly (readonly [name: string, weight: number, act: () => Promise<boolean> | boolean])[] = [
      ['edit', 20, () => this.#edit()],
      ['link', 4, () => this.#link()],
      ['stage', 10, () => this.#onOne((path) => lab.git('add', '-f', '--', path))],
      ['stage all', 3, () => done(() => lab.git('add', '-A'))],
      ['intend', 4, () => this.#onOne((path) => lab.git('add', '-f', '-N', '--', path))],
      ['unstage', 3, () => done(() => lab.git('reset', '-q'))],
      ['commit', 6, () => done(() => lab.git('commit', '-q', '--allow-empty', '-m', 'step'))],
      ['delete', 7, () => this.#onOne((path) => lab.delete(path))],
      ['delete and stage', 3, () => this.#onTracked((path) => lab.git('rm', '-rqf', '--cached', '--', path))],
      ['rename', 5, () => this.#rename()],
      ['chmod', 5, () => this.#chmod()],
      [
        'ignore',
        4,
        () => done(() => lab.write('.gitignore', this.#pick(['*.log\n', '', 'dir2/\n', '*.log\ndir/sub\n']))),
      ],
      ['checkpoint', 18, () => this.#checkpoint()],
      ['restore', 14, () => this.#restore(null)],
      ['path restore', 8, () => this.#restore(this.#pick(roots))],
      ['undo', 12, () => this.#undo()],
    ];
    const total = actions.reduce((sum, [, weight]) => sum + weight, 0);
    let at = this.#random(total);
    for (const [name, weight, act] of actions) {
      at -= weight;
      if (at >= 0) continue;
      if (await act()) this.counts[name] = (this.counts[name] ?? 0) + 1;
      return;
    }
  }

  #edit(): boolean {
    const path = this.#pick(names);
    this.#clear(path);
    this.lab.write(path, `${path} ${this.#serial++}\n`);
    return true;
  }

  #link(): boolean {
    const path = this.#pick(['b', 'dir2', 'dir/y']);
    this.#clear(path);
    if (dirname(path) !== '.') this.lab.write(path, '');
    this.lab.delete(path);
    this.lab.link(path, this.#pick(['dir', 'nowhere', 'a']));
    return true;
  }

  #onOne(act: (path: string) => unknown): boolean {
    const present = this.#present();
    if (present.length === 0) return false;
    act(this.#pick(present));
    return true;
  }

  #onTracked(act: (path: string) => unknown): boolean {
    const tracked = this.lab.git('ls-files', '-z').split('\0').filter(Boolean);
    if (tracked.length === 0) return false;
    act(this.#pick(tracked));
    return true;
  }

  #rename(): boolean {
    const present = this.#present();
    if (present.length === 0) return false;
    const [from, to] = [this.#pick(present), this.#pick(names)];
    if (from === to || from.startsWith(`${to}/`) || to.startsWith(`${from}/`)) return false;
    this.#clear(to);
    this.lab.write(to, '');
    this.lab.delete(to);
    if (!this.#present().includes(from)) return false;
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

  async #checkpoint(): Promise<boolean> {
    const state = this.lab.state();
    const head = this.#head();
    const made = value(await this.#checkpoints.create({ kind: 'manual', label: `step ${this.#serial++}` }));
    assert.deepEqual(this.lab.state(), state, 'a checkpoint changed the working state');
    assert.equal(made.tree, this.lab.treeOfAddAll(), 'the tree is not that of git add -A');
    const known = this.#saved.find((saved) => saved.id === made.id);
    if (made.unchanged && known) assert.deepEqual([head, state.index], [known.head, known.state.index]);
    if (!known) this.#saved.push({ id: made.id, tree: made.tree, head, state });
    if (made.unchanged) this.counts['unchanged'] = (this.counts['unchanged'] ?? 0) + 1;
    return true;
  }

  async #restore(root: string | null): Promise<boolean> {
    if (this.#saved.length === 0) return false;
    const target = this.#pick(this.#saved.slice(-6));
    const before = this.lab.state();
    const head = this.#head();
    const ignored = this.#ignored();
    const result = value(await this.#checkpoints.restore(target.id, { paths: root === null ? [] : [root] }));
    this.#resets.push({ before, head, root });
    this.#compare(target.state, target.head === head, before, { root, result, ignored });
    return true;
  }

  async #undo(): Promise<boolean> {
    const reset = this.#resets.pop();
    if (!reset) return false;
    const present = this.lab.state();
    const ignored = this.#ignored();
    const result = value(await this.#checkpoints.undo());
    this.#compare(reset.before, reset.head === this.#head(), present, { root: reset.root, result, ignored });
    return true;
  }

  /** The chosen paths are as in `wanted`, all others as they were; what was kept is exempt, and still what it was. */
  #compare(
    wanted: WorkingState,
    isSameHead: boolean,
    before: WorkingState,
    { root, result, ignored: ignoredBefore }: Done,
  ): void {
    const after = this.lab.state();
    const isChosen = (path: string): boolean => root === null || path === root || path.startsWith(`${root}/`);
    const kept = new Set(result.kept.map((entry) => entry.path));
    const ignored = new Set([...ignoredBefore, ...this.#ignored()]);
    for (const path of kept) assert.equal(after.files[path], before.files[path]);
    for (const path of new Set([
      ...Object.keys(after.files),
      ...Object.keys(wanted.files),
      ...Object.keys(before.files),
    ])) {
      if (kept.has(path)) continue;
      const is = after.files[path];
      if (!isChosen(path)) assert.equal(is, before.files[path], `${path} is none of the chosen ones`);
      // A file that is ignored, then or now, belongs to nobody's checkpoint: it may stay, but must not become a third thing.
      else if (ignored.has(path)) assert.ok(is === wanted.files[path] || is === before.files[path], path);
      else if (is !== wanted.files[path]) {
        assert.ok(is === undefined && this.#wasIgnored(path, wanted), `${path} is not as it was`);
      }
    }
    if (!isSameHead) return;
    // git cannot intend to add what is not there, so such an entry is not brought back .
    const isLost = (entry: string): boolean =>
      entry.endsWith(' 20000000') &&
      wanted.files[(entry.split('\t')[1] ?? '').replace(/ [0-9a-f]*$/, '')] === undefined;
    const of = (index: readonly string[], chosen: boolean): string[] =>
      index.filter((entry) => isChosen((entry.split('\t')[1] ?? '').replace(/ [0-9a-f]*$/, '')) === chosen);
    assert.deepEqual(
      of(after.index, true),
      of(
        wanted.index.filter((entry) => !isLost(entry)),
        true,
      ),
      'the staged state is not as it was',
    );
    assert.deepEqual(of(after.index, false), of(before.index, false), 'the staged state of other paths changed');
  }

  #ignored(): string[] {
    return this.lab.git('ls-files', '-z', '--others', '--ignored', '--exclude-standard').split('\0').filter(Boolean);
  }

  /** Whether the state that is gone back to ignored this file, so that its checkpoint does not hold it. */
  #wasIgnored(path: string, state: WorkingState): boolean {
    const rules = (state.files['.gitignore'] ?? '').slice(5).split('\n').filter(Boolean);
    return rules.some((rule) =>
      rule === '*.log' ? path.endsWith('.log') : `${path}/`.startsWith(rule.replace(/\/?$/, '/')),
    );
  }
}

/** For what always works, or throws. */
function done(act: () => unknown): boolean {
  act();
  return true;
}

describe('a random walk of a user, an agent and Soft Landing', function () {
  this.timeout(120_000);
  const make = useLabs();
  const needed = [
    'restore',
    'path restore',
    'undo',
    'checkpoint',
    'unchanged',
    'intend',
    'link',
    'ignore',
    'rename',
    'chmod',
  ];

  for (const seed of seeds) {
    it(`of ${steps} steps keeps every promise (seed ${seed})`, async () => {
      const lab = make({ a: 'a\n', 'dir/x': 'x\n', 'dir/y': 'y\n', '.gitignore': '*.log\n' });
      const walk = new Walk(lab, await lab.open(), generator(seed));
      for (let step = 0; step < steps; step++) {
        try {
          await walk.step();
        } catch (error) {
          throw new Error(`step ${step} of seed ${seed}: ${error instanceof Error ? error.message : ''}`, {
            cause: error,
          });
        }
      }
      lab.assertSound();
      console.log(`      ${JSON.stringify(walk.counts)}`);
      for (const name of [...needed, 'edit', 'stage', 'stage all', 'unstage', 'commit', 'delete', 'delete and stage']) {
        assert.ok((walk.counts[name] ?? 0) >= 1, `the walk never did: ${name}`);
      }
    });
  }
});
