import { regimes, turnHistory } from '../test/support/turnHistories.ts';
import { scoreEstimates, type Losses } from '../test/support/estimateScore.ts';
import { printTable } from './figures.ts';

/** Others than those the method was chosen with. */
const seeds = Array.from({ length: 20 }, (_, index) => 101 + index);
const thinSeeds = Array.from({ length: 200 }, (_, index) => 1001 + index);

/** The estimate before a task beside rules of thumb, the mean and the plain quantiles of all, on histories with a known structure. */
export function estimateBench(): void {
  const rows = regimes.map((regime) => {
    const isThin = regime.turns < 50;
    const histories = (isThin ? thinSeeds : seeds).map((seed) => turnHistory(regime, seed));
    const { coverage, ours, thumb, mean, plain } = scoreEstimates(histories, isThin ? 0 : 20);
    const isBeaten = [thumb, mean].some((other) => other.median < ours.median || other.p80 < ours.p80);
    return [
      regime.name,
      `${(coverage * 100).toFixed(1)} %`,
      ...[ours, thumb, mean, plain].map(text),
      isBeaten ? 'BEATEN' : 'best',
    ];
  });
  printTable(
    ['pinball loss, median / P80', 'within P80', 'estimate', 'rule of thumb', 'mean of all', 'median, P80 of all', ''],
    rows,
  );
  console.log(
    `\n   ${seeds.length} histories each, of "thin" ${thinSeeds.length}; asked before every task, knowing the ones before it. Losses in thousands of tokens.`,
  );
}

function text({ median, p80 }: Losses): string {
  return `${median.toFixed(1)} / ${p80.toFixed(1)}`;
}
