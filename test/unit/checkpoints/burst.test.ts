import assert from 'node:assert/strict';
import { measureBurst, Stretch, type Suspicion } from '../../../src/checkpoints/ambient/burst.ts';
import { movesFiles, parseReflog } from '../../../src/checkpoints/ambient/gitMoves.ts';

type Seen = readonly [at: number, path: string, typed?: 'typed'];

function stretch(...seen: readonly Seen[]): Stretch {
  const made = new Stretch();
  for (const [at, path, typed] of seen) {
    if (typed) made.typed({ at, path });
    else made.changed({ at, path });
  }
  return made;
}

/** Files f0, f1, … one after the other. */
function files(count: number, from: number, every: number): Seen[] {
  return Array.from({ length: count }, (_, at) => [from + at * every, `f${at}`] as const);
}

describe('Stretch.suspicion', () => {
  it('suspects five files within five seconds', () => {
    assert.deepEqual(stretch(...files(5, 1000, 1000)).suspicion(), {
      from: 1000,
      to: 5000,
      typed: [],
      manyFiles: true,
    });
  });

  it('counts a file once, however often it is written', () => {
    const four = [...files(4, 0, 10), ...files(4, 100, 10), ...files(4, 200, 10)];
    assert.equal(stretch(...four).suspicion()?.manyFiles, false);
    assert.equal(stretch(...four, [300, 'fifth']).suspicion()?.manyFiles, true);
  });

  it('does not take a slow trickle for a burst, though each file follows closely upon the one before', () => {
    assert.equal(stretch(...files(20, 0, 1500)).suspicion(), null);
  });

  it('lets lines decide where few files changed, if all of it was within seconds', () => {
    assert.equal(stretch([1000, 'a'], [3000, 'b']).suspicion()?.manyFiles, false);
    assert.equal(stretch([1000, 'a'], [60_000, 'b']).suspicion(), null);
  });

  it('suspects nothing where a person typed and saved, one file or all at once', () => {
    const saveAll = files(20, 1000, 5).flatMap(([at, path]): Seen[] => [
      [at, path, 'typed'],
      [at + 400, path],
    ]);
    const typed = stretch(...saveAll);
    assert.equal(typed.suspicion(), null);
    assert.equal(typed.isTyped, true);
  });

  it('sees the script beside the typing, and tells the typed files', () => {
    const mixed = stretch([900, 'mine', 'typed'], [1100, 'mine'], ...files(6, 1200, 10));
    assert.deepEqual(mixed.suspicion(), { from: 1200, to: 1250, typed: ['mine'], manyFiles: true });
    assert.equal(mixed.isTyped, false);
  });

  it('takes a change long after the save of the same file for another one', () => {
    assert.equal(stretch([0, 'mine', 'typed'], [3000, 'mine']).isTyped, false);
  });

  it('tells the time of the burst, not of what happened long before', () => {
    const late = stretch([0, 'log'], [20_000, 'log'], ...files(7, 60_000, 10));
    assert.deepEqual([late.suspicion()?.from, late.firstAt, late.lastAt], [60_000, 0, 60_060]);
  });

  it('keeps what was seen when the checkpoint after it failed', () => {
    const whole = stretch(...files(3, 0, 10)).followedBy(stretch([40, 'x'], [50, 'y']));
    assert.deepEqual(whole.suspicion(), { from: 0, to: 50, typed: [], manyFiles: true });
    assert.equal(whole.lastAt, 50);
  });

  it('stays quick and bounded when a package manager writes everything', () => {
    assert.equal(stretch(...files(100_000, 0, 0.1)).suspicion()?.manyFiles, true);
  });
});

describe('measureBurst', () => {
  const suspicion = (more: Partial<Suspicion> = {}): Suspicion => ({
    from: 0,
    to: 0,
    typed: [],
    manyFiles: true,
    ...more,
  });
  const changed = (count: number, added: number | null = 1, deleted: number | null = 1) =>
    Array.from({ length: count }, (_, at) => ({ path: `f${at}`, added, deleted }));

  it('needs five files that no person typed into', () => {
    assert.deepEqual(measureBurst(suspicion(), changed(5)), { files: 5, lines: 5 });
    assert.equal(measureBurst(suspicion(), changed(4)), null);
    assert.equal(measureBurst(suspicion({ typed: ['f0'] }), changed(5)), null);
  });

  it('or 200 lines, a rewritten one counted once', () => {
    const few = suspicion({ manyFiles: false });
    assert.deepEqual(measureBurst(few, changed(1, 200, 200)), { files: 1, lines: 200 });
    assert.equal(measureBurst(few, changed(1, 199, 199)), null);
    assert.equal(measureBurst(few, changed(8)), null);
  });

  it('sees nothing where only ignored files changed', () => {
    assert.equal(measureBurst(suspicion(), []), null);
  });

  it('counts binary files', () => {
    assert.deepEqual(measureBurst(suspicion(), changed(5, null, null)), { files: 5, lines: 0 });
  });
});

describe('what the reflog tells', () => {
  const line = (seconds: number, message: string): string =>
    `${'0'.repeat(40)} ${'1'.repeat(40)} A > B <a@example.invalid> ${seconds} +0100\t${message}`;

  it('is read from its end, the first line perhaps cut off', () => {
    const text = `cut off <x\n${line(1_700_000_000, 'commit: a\tb')}\n${line(1_700_000_001, 'checkout: moving from a to b')}\n`;
    assert.deepEqual(parseReflog(text), [
      { at: 1_700_000_000_000, message: 'commit: a\tb' },
      { at: 1_700_000_001_000, message: 'checkout: moving from a to b' },
    ]);
  });

  it('names what writes files; a plain commit does not', () => {
    const moves = (message: string): boolean => movesFiles({ at: 0, message });
    const movers = [
      'checkout: moving from a to b',
      'pull: Fast-forward',
      'merge x: Fast-forward',
      'reset: moving to HEAD',
    ];
    for (const message of [...movers, 'rebase (start): checkout x', 'commit (merge): x', 'cherry-pick: x', 'am: x'])
      assert.equal(moves(message), true, message);
    for (const message of ['commit: x', 'commit (initial): x', 'commit (amend): x'])
      assert.equal(moves(message), false, message);
  });
});
