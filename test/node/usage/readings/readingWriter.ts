import { ReadingStore } from '../../../../src/usage/readings/readingStore.ts';

// A process of the store's test: appends one reading after another until its number of readings is reached, or for ever.
const [stateFolder = '', account = '', count = '0', startText = '0'] = process.argv.slice(2);
const start = Number(startText);
const store = new ReadingStore({ stateFolder, now: () => start });
process.stdout.write('ready\n');
for (let step = 1; count === 'forever' || step <= Number(count); step += 1) {
  await store.append([
    {
      agent: 'claude',
      account,
      window: 'five_hour',
      used: step / 100,
      resetsAt: start + 5 * 3_600_000,
      capturedAt: start + 3_600_000 + step,
      source: 'test',
      confidence: 'official',
    },
  ]);
}
