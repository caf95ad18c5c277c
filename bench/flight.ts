import { flyClaude, type FlightOptions, type FlightOutcome } from '../test/support/flight/claudeFlight.ts';
import { flyCodex } from '../test/support/flight/codexFlight.ts';
import { median, printTable } from './figures.ts';

/**
 * The flight test: the real agent refactors a real repository, and its limit falls at a random point at which the project is broken. Each
 * seed is flown without us and with us. The model is a script that obeys what it is told; that a real model obeys is not shown.
 */
export async function flightBench(seeds: readonly number[]): Promise<void> {
  const ways: readonly Way[] = [
    { name: 'without', options: { withSoftLanding: false } },
    { name: 'with', options: { withSoftLanding: true } },
    { name: 'with, landing off', options: { withSoftLanding: true, isUntold: true } },
  ];
  await flights('Claude Code', flyClaude, seeds, ways);
  console.log(
    '\n   Even seeds: the window is known with rates that are wrong by up to 10 %; odd ones: a budget, wrong by as much.\n',
  );
  await flights('Codex', flyCodex, seeds, [
    ...ways,
    { name: 'with, new account', options: { withSoftLanding: true, isNewAccount: true } },
  ]);
  console.log(
    "\n   Known as Codex tells it: by whole percents, each response's when its tools are done. What a response does to the",
  );
  console.log('   window is known from former use, wrong by up to 10 %; of a new account it is learned in the flight.');
  console.log('   "Kept nowhere": in no checkpoint; without us, in no commit. A reset is one command, or two clicks.');
}

interface Way {
  readonly name: string;
  readonly options: Omit<FlightOptions, 'seed'>;
}

async function flights(
  agent: string,
  fly: (options: FlightOptions) => Promise<FlightOutcome>,
  seeds: readonly number[],
  ways: readonly Way[],
): Promise<void> {
  const columns: { readonly name: string; readonly list: FlightOutcome[] }[] = [];
  for (const { name, options } of ways) {
    const list: FlightOutcome[] = [];
    for (const seed of seeds) list.push(await fly({ seed, ...options }));
    columns.push({ name, list });
  }
  reportFlights(agent, columns);
}

interface Column {
  readonly name: string;
  readonly list: readonly FlightOutcome[];
}

function reportFlights(agent: string, columns: readonly Column[]): void {
  const row = (name: string, figure: Figure): readonly string[] => [name, ...columns.map(({ list }) => figure(list))];
  const rows = [
    row('flights', (list) => String(list.length)),
    row('cut off by the limit', (list) => share(list, ({ wasRefused }) => wasRefused)),
    row('tests broken at the stop', (list) => share(list, ({ isGreen }) => !isGreen)),
    row('advice read before the limit', (list) => share(list, ({ advisedAt }) => advisedAt !== null)),
    row('  with so much of the window left, median', leftAtAdvice),
    row('tests pass, by one reset at most', (list) => share(list, ({ isGreenAfterReset }) => isGreenAfterReset)),
    row('  from the cut to passing tests, median', recoveryTime),
    row('versions of files that stood on disk', (list) => String(sum(list, ({ versions }) => versions))),
    row('  kept nowhere, bytes', (list) =>
      String(sum(list, ({ lost }) => lost.reduce((total, { bytes }) => total + bytes, 0))),
    ),
  ];
  printTable([`${agent}, limit in mid-refactor`, ...columns.map(({ name }) => name)], rows);
  const odd = columns.flatMap(({ list }) =>
    list.flatMap(({ seed, surprises }) => surprises.map((each) => `seed ${seed}: ${each}`)),
  );
  if (odd.length > 0) console.log(`\n   Unforeseen requests: ${odd.join('; ')}`);
}

type Figure = (list: readonly FlightOutcome[]) => string;

function share(list: readonly FlightOutcome[], is: (outcome: FlightOutcome) => boolean): string {
  return `${list.filter(is).length} of ${list.length}`;
}

function leftAtAdvice(list: readonly FlightOutcome[]): string {
  const left = list.flatMap(({ advisedAt }) => (advisedAt === null ? [] : [(1 - advisedAt) * 100]));
  return left.length === 0 ? '–' : `${median(left).toFixed(1)} % (${Math.min(...left).toFixed(1)} at least)`;
}

function recoveryTime(list: readonly FlightOutcome[]): string {
  const times = list.flatMap(({ recoveryMs }) => recoveryMs ?? []);
  return times.length === 0 ? '–' : `${(median(times) / 1000).toFixed(1)} s`;
}

function sum(list: readonly FlightOutcome[], of: (outcome: FlightOutcome) => number): number {
  return list.reduce((total, outcome) => total + of(outcome), 0);
}
