import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killWithChildren } from '../../support/killedProcess.ts';
import { cliPath } from '../../support/softLanding.ts';
import { failure, useLabs, value, type Entries, type Lab } from './lab.ts';
import { addAllTree, recordState } from './recordedState.ts';

/** What is running when the kill comes: half of the time its git dies too, else that lives on, as when an editor kills its child. */
type Victims = 'node' | 'node and git';

/** After so many milliseconds, counted from the start, from what the journal says, or from the first changed file. */
interface Moment {
  readonly from: 'start' | 'begun' | 'applying' | 'writing';
  readonly ms: number;
}

const commands = ['restore', 'undo', 'create'] as const;
type Command = (typeof commands)[number];

/** How often each must have happened at least, or this has proved nothing. */
const needed: Readonly<Record<string, number>> = {
  'killed restore': 30,
  'killed undo': 30,
  'killed create': 20,
  'killed node': 40,
  'killed node and git': 40,
  'in phase begun': 8,
  'in phase applying': 20,
  'files half changed': 8,
  'undone after': 25,
  'waited for a dead git': 2,
};

describe('a command killed at any moment', function () {
  this.timeout(300_000);
  const make = useLabs();
  const kills = 100;
  const fileCount = 24;
  const slowMs = 60;
  const name = (at: number): string => `dir ${at % 7}/file ${at}.txt`;

  before(() => assert.ok(existsSync(cliPath), 'dist/cli.cjs is missing: run `npm run build` first.'));

  function fill(lab: Lab, who: string): void {
    for (let at = 0; at < fileCount; at++) lab.write(name(at), `${who} ${at}\n`.repeat(100));
  }

  /** It leads a process group, and each git it starts leads one of its own. */
  function start(lab: Lab, args: readonly string[]): ChildProcess {
    const command = [cliPath, 'checkpoint', ...args, '--json', '--repo', lab.dir];
    return spawn(process.execPath, command, { cwd: lab.dir, stdio: 'ignore', detached: true });
  }

  interface Course {
    readonly ms: number;
    /** how long files and index were being changed */
    readonly applyingMs: number;
  }

  async function courseOf(lab: Lab, args: readonly string[]): Promise<Course> {
    const started = performance.now();
    const child = start(lab, args);
    const ended = once(child, 'exit');
    const applying = new AbortController();
    const from = await Promise.race([
      ended.then(() => null),
      whenPhase(lab, 'applying', applying.signal).then(() => performance.now()),
    ]);
    applying.abort();
    await ended;
    const end = performance.now();
    return { ms: end - started, applyingMs: from === null ? 0 : end - from };
  }

  /** Ends when the journal says so; never, if it does not come to that. */
  function whenPhase(lab: Lab, wanted: 'begun' | 'applying', signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const watcher = watch(join(lab.dir, '.git', 'soft-landing'), { signal }, () => {
        if (phase(lab) !== wanted) return;
        watcher.close();
        resolve();
      });
    });
  }

  /** Ends when one of the files has been changed, with others still to come. */
  function whenWriting(lab: Lab, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      watch(join(lab.dir, 'dir 0'), { signal }, () => resolve());
    });
  }

  /** The phase in which it was killed; null if it had ended before. */
  async function runAndKill(
    lab: Lab,
    args: readonly string[],
    moment: Moment,
    victims: Victims,
  ): Promise<string | null> {
    const child = start(lab, args);
    const { pid } = child;
    assert.ok(pid !== undefined);
    const ended = once(child, 'exit');
    const waiting = new AbortController();
    const { signal } = waiting;
    const come = (): Promise<void> => {
      if (moment.from === 'start') return Promise.resolve();
      return moment.from === 'writing' ? whenWriting(lab, signal) : whenPhase(lab, moment.from, signal);
    };
    await Promise.race([ended, come().then(() => sleep(moment.ms, null, { signal }).catch(() => null))]);
    waiting.abort();
    const wasRunning = child.exitCode === null;
    if (wasRunning && victims === 'node') process.kill(-pid, 'SIGKILL');
    if (wasRunning && victims === 'node and git') killWithChildren(pid);
    const at = phase(lab);
    await ended;
    return wasRunning ? at : null;
  }

  function phase(lab: Lab): string {
    try {
      const journal = readFileSync(join(lab.dir, '.git', 'soft-landing', 'restore.json'), 'utf8');
      return /"phase":"(\w+)"/.exec(journal)?.[1] ?? 'torn';
    } catch {
      return 'none';
    }
  }

  it(`loses nothing and hinders nobody (${kills} kills of create, restore and undo)`, async () => {
    // One file in the middle holds git up, so that there is a time at which some are changed and some are not.
    const attributes = `"${name(12)}" filter=slow\n`;
    const lab = make({ 'README.md': 'r\n', '.gitignore': 'x.log\n', '.gitattributes': attributes });
    lab.git('config', 'filter.slow.smudge', `sleep ${slowMs / 1000}; cat`);
    fill(lab, 'base');
    lab.commit('base');
    fill(lab, 'human');
    lab.git('add', name(1), name(2));
    lab.write('untracked.txt', 'human\n');
    const human = recordState(lab);
    const { id } = await lab.create('human');
    fill(lab, 'agent');
    lab.git('add', name(3));
    lab.delete('untracked.txt');
    lab.write('agent.txt', 'agent\n');
    const agent = recordState(lab);
    const checkpoints = await lab.open();
    const args = (command: Command): string[] => (command === 'restore' ? [command, id] : [command]);

    // How long each takes here and now: kills are spread evenly over that time, the start of Node left out.
    const start = (await courseOf(lab, ['list'])).ms * 0.4;
    const courses = {
      create: await courseOf(lab, args('create')),
      restore: await courseOf(lab, args('restore')),
      undo: await courseOf(lab, args('undo')),
    };
    assert.deepEqual(recordState(lab), agent);
    const counts: Record<string, number> = {};
    const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);

    let killed = 0;
    for (let round = 0; killed < kills; round++) {
      assert.ok(round < 3 * kills, 'the commands end before they can be killed');
      const command = commands[round % 3] ?? 'create';
      const victims = round % 2 === 0 ? 'node' : 'node and git';
      if (command === 'undo') value(await checkpoints.restore(id));
      if (command === 'create') lab.write('README.md', `round ${round}\n`);
      const before = recordState(lab);
      const goal = command === 'restore' ? human : command === 'undo' ? agent : before;
      const course = courses[command];
      // The golden ratio spreads them evenly however many there will be. Most resets are killed while they change files.
      const share = (round * 0.618_034) % 1;
      const moments: readonly Moment[] = [
        { from: 'start', ms: start + share * (course.ms - start) },
        { from: 'begun', ms: (share * (course.ms - start)) / 3 },
        { from: 'applying', ms: share * course.applyingMs },
        { from: 'writing', ms: share * slowMs },
      ];
      const moment = moments[command === 'create' ? 0 : Math.floor(round / 3) % 4] ?? moments[0];
      assert.ok(moment);
      const at = await runAndKill(lab, args(command), moment, victims);
      if (at === null) {
        count('too late');
        // The machine is faster now than when it was measured.
        courses[command] = { ms: Math.max(start + 20, course.ms * 0.85), applyingMs: course.applyingMs * 0.85 };
      } else {
        killed++;
        count(`killed ${command}`);
        count(`killed ${victims}`);
        count(`in phase ${at}`);
      }
      // Only where no git is left that is still at work does this moment last.
      if (victims === 'node and git' && assertNothingLost(lab, before.files, goal.files)) count('files half changed');
      if (victims === 'node and git' && gitLocks(lab).length > 0) {
        count('waited for a dead git');
        if ((counts['waited for a dead git'] ?? 0) > 2) age(gitLocks(lab));
      }

      // The next command, whichever it is, waits for a git that was left behind, and clears up.
      const next = round % 2 === 0 ? await checkpoints.create({ kind: 'manual', label: `after kill ${round}` }) : null;
      if (next) assert.equal(value(next).tree, addAllTree(lab));
      if (next) assertNothingLost(lab, before.files, goal.files);

      // Back to the agent's state, by undo where a reset was cut off or done.
      const undone = await checkpoints.undo();
      if (command === 'create') {
        assert.equal(failure(undone).reason, 'nothing-to-undo');
        assert.deepEqual(recordState(lab), before);
        lab.write('README.md', 'r\n');
      } else if (undone.ok) count('undone after');
      // Else the reset had not begun, or the undo was finished.
      else assert.equal(undone.failure.reason, 'nothing-to-undo');
      assert.deepEqual(recordState(lab), agent, `after a killed ${command}`);
      assert.deepEqual(leftovers(lab), [], `after killing ${command}`);
      // What is broken stays broken: nothing here mends or prunes an object. A look at all of them takes longer with every round.
      if (round % 6 === 0) lab.assertSound();
    }
    lab.assertSound();
    console.log(`      ${JSON.stringify(counts)}`);
    for (const [what, least] of Object.entries(needed)) {
      assert.ok((counts[what] ?? 0) >= least, `${what}: ${counts[what] ?? 0} times, of ${least}`);
    }
  });

  it('is followed by one that waits for the git it left behind', async () => {
    const lab = make({ '.gitattributes': 'slow filter=slow\n' });
    lab.git('config', 'filter.slow.smudge', 'sleep 1.5; cat');
    for (const file of ['a.txt', 'slow', 'z.txt']) lab.write(file, 'human\n');
    const human = lab.files();
    const { id } = await lab.create('human');
    for (const file of ['a.txt', 'slow', 'z.txt']) lab.write(file, 'agent\n');
    const agent = lab.state();
    const command = [cliPath, 'checkpoint', 'restore', id, '--repo', lab.dir];
    const child = spawn(process.execPath, command, { stdio: 'ignore', detached: true });
    const ended = once(child, 'exit');
    // The first file is written and the second one in the making.
    // git takes a file away before it writes the new one: in between there is none to read.
    const isWritten = (): boolean => existsSync(join(lab.dir, 'a.txt')) && lab.read('a.txt') === 'human\n';
    const written = async (): Promise<boolean> => Promise.resolve().then(isWritten, () => false);
    while (!(await written())) await sleep(10);
    assert.ok(child.pid !== undefined && child.exitCode === null);
    process.kill(-child.pid, 'SIGKILL');
    await ended;
    assert.equal(phase(lab), 'applying');
    assert.equal(lab.read('z.txt'), 'agent\n');

    const next = await (await lab.open()).create({ kind: 'manual', label: 'after the kill' });
    assert.deepEqual(lab.files(), human);
    assert.equal(value(next).tree, lab.treeOfAddAll());
    value(await (await lab.open()).undo());
    assert.deepEqual(lab.state(), agent);
    assert.deepEqual(leftovers(lab), []);
  });

  /** The locks of a private index: whoever finds one takes it for that of a git at work, until it is five seconds old. */
  function gitLocks(lab: Lab): readonly string[] {
    const folder = join(lab.dir, '.git', 'soft-landing');
    return readdirSync(folder).flatMap((name) => (/^index\..*\.lock$/.test(name) ? [join(folder, name)] : []));
  }

  /** The next command then comes when those seconds are over, instead of waiting for them. */
  function age(files: readonly string[]): void {
    const before = Date.now() / 1000 - 10;
    for (const file of files) utimesSync(file, before, before);
  }

  function leftovers(lab: Lab): string[] {
    // The .json files are what we remember from one command to the next; the journal is not one of them.
    const isLeft = (path: string): boolean => /lock|^soft-landing\/(?:restore\.json|(?!\w+\.json$))/.test(path);
    const own = Object.keys(lab.at(join(lab.dir, '.git', 'soft-landing')).files()).map(
      (path) => `soft-landing/${path}`,
    );
    return [...Object.keys(lab.gitFolder()), ...own].filter(isLeft);
  }

  /** Whatever is not on disk any more is in a checkpoint. Answers whether some of the files are changed and some are not. */
  function assertNothingLost(lab: Lab, before: Entries, goal: Entries): boolean {
    const now = lab.files();
    const gone = Object.entries(before).filter(([path, content]) => now[path] !== content);
    if (gone.length > 0) {
      const held = new Set(
        lab.git('rev-list', '--objects', '--no-object-names', '--glob=refs/soft-landing').split('\n'),
      );
      for (const [path, content] of gone) assert.ok(held.has(blobOf(content)), `${path} is in no checkpoint`);
    }
    const isLeft = (path: string): boolean => before[path] !== goal[path] && now[path] === before[path];
    return gone.length > 0 && Object.keys({ ...before, ...goal }).some(isLeft);
  }

  /** git's id of a file's content. */
  function blobOf(entry: string): string {
    const content = Buffer.from(entry.slice(entry.indexOf(' ') + 1), 'latin1');
    return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  }
});
