import { score, type Score } from '../test/support/calibrationScore.ts';
import { scenarios } from '../test/support/usageScenarios.ts';
import { printTable } from './figures.ts';

/** Others than those the method was chosen with. */
const seeds = [11, 12, 13];

/** The gauge between readings, beside the last reading and a block meter, against the true percent of simulated work. */
export function calibrationBench(): void {
  const rows = scenarios.map((scenario) => {
    const { last, block, derived, coverage, withdrawn, notNeeded, spoken } = score(scenario, seeds, 4);
    const isBeaten = [last, block].some((other) => other.mean < derived.mean || other.p95 < derived.p95);
    return [
      scenario.name,
      ...(spoken === 0 ? ['–', '–', '–', '–'] : [text(last), text(block), text(derived), percent(coverage)]),
      percent(notNeeded),
      percent(withdrawn),
      spoken === 0 ? 'silent' : isBeaten ? 'BEATEN' : 'best',
    ];
  });
  printTable(
    ['mean / p95 points off', 'last reading', 'block', 'calibrated', 'within ±error', 'not needed', 'withdrawn', ''],
    rows,
  );
  console.log(
    `\n   ${seeds.length} seeds each; asked after every fourth response, before its reading. Compared where calibration speaks.`,
  );
}

function text({ mean, p95 }: Score): string {
  return `${mean.toFixed(2)} / ${p95.toFixed(1)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
