import assert from 'node:assert/strict';
import { RandomWalk, randomNumbers } from './randomWalk.ts';
import { recordState } from './recordedState.ts';
import { useLabs } from './lab.ts';

/*
 * Fixed seeds, so that a change that breaks something is what turns the suite red, and so that what they exercise can be counted on; and
 * one seed of the day, so that the suite looks where it has not looked before. A seed is in the name of its test: to repeat one, or to
 * hunt longer, SOFT_LANDING_FUZZ_SEEDS=1,2,3 and SOFT_LANDING_FUZZ_STEPS.
 */
const fixedSeeds = [20251123, 2, 3, 4];
const ofToday = Math.floor(Math.random() * 2 ** 31);
const chosen = process.env['SOFT_LANDING_FUZZ_SEEDS'];
const seeds = chosen === undefined ? [...fixedSeeds, ofToday] : chosen.split(',').map(Number);
const stepsOf = (seed: number): number =>
  Number(process.env['SOFT_LANDING_FUZZ_STEPS'] ?? (seed === ofToday ? 40 : 250));

/** How often the fixed walks do each thing at least: about half of what they do, since another git may refuse what this one allows. */
const needed: Readonly<Record<string, number>> = {
  edit: 90,
  stage: 30,
  'stage a part': 25,
  'stage all': 7,
  intend: 14,
  unstage: 8,
  commit: 20,
  switch: 15,
  conflict: 12,
  delete: 25,
  'delete and stage': 12,
  rename: 14,
  chmod: 12,
  link: 12,
  ignore: 14,
  checkpoint: 70,
  unchanged: 8,
  'checkpoint of a conflict': 5,
  'checkpoint of an intention to add': 5,
  restore: 25,
  'restore of a path': 22,
  'restore with HEAD': 4,
  'restore across commits': 30,
  'restore in a conflict': 5,
  'restore of a conflict': 5,
  undo: 15,
  'undo at once': 14,
  'undo of several': 4,
};

describe('a random walk of a user, an agent and Soft Landing', function () {
  this.timeout(600_000);
  const make = useLabs();
  const counts: Record<string, number> = {};

  for (const seed of seeds) {
    const steps = stepsOf(seed);
    it(`of ${steps} steps keeps every promise (seed ${seed})`, async () => {
      const lab = make({ a: 'a\n', 'dir/x': 'x\n', 'dir/y': 'y\n', '.gitignore': '*.log\n' });
      const walk = new RandomWalk(lab, await lab.open(), randomNumbers(seed));
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
      assert.deepEqual(recordState(lab).index, lab.index(), 'this test reads the index as git does');
      if (seed === ofToday) return;
      for (const [what, count] of Object.entries(walk.counts)) counts[what] = (counts[what] ?? 0) + count;
    });
  }

  it('has done everything often enough', () => {
    console.log(`      ${JSON.stringify(counts)}`);
    if (chosen !== undefined) return;
    for (const [what, least] of Object.entries(needed)) {
      assert.ok((counts[what] ?? 0) >= least, `${what}: ${counts[what] ?? 0} times, of ${least}`);
    }
  });
});
