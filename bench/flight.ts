import { flyClaude, type FlightOptions, type FlightOutcome } from '../test/support/flight/claudeFlight.ts';
import { flyCodex } from '../test/support/flight/codexFlight.ts';
import { median, printTable } from './figures.ts';

/**
 * The flight test: the real agent refactors a real repository, and its limit falls at a random point at which the project is broken. Each
 * seed is flown twice, without us and with us. The model is a script that obeys what it is told; that a real model obeys is not shown.
 */
export async function flightBench(seeds: readonly number[]): Promise<void> {
  await flights('Claude Code', flyClaude, seeds);
  console.log(
    '\n   Even seeds: the window is known with rates that are wrong by up to 10 %; odd ones: a budget, wrong by as much.\n',
  );
  await flights('Codex', flyCodex, seeds);
  console.log('\n   Known as Codex tells it: by whole percents, with each response.');
  console.log('   "Kept nowhere": in no checkpoint; without us, in no commit. A reset is one command, or two clicks.');
}

async function flights(
  agent: string,
  fly: (options: FlightOptions) => Promise<FlightOutcome>,
  seeds: readonly number[],
): Promise<void> {
  const without: FlightOutcome[] = [];
  const withUs: FlightOutcome[] = [];
  for (const seed of seeds) {
    without.push(await fly({ seed, withSoftLanding: false }));
    withUs.push(await fly({ seed, withSoftLanding: true }));
  }
  reportFlights(agent, without, withUs);
}

function reportFlights(agent: string, without: readonly FlightOutcome[], withUs: readonly FlightOutcome[]): void {
  const rows = [
    row('flights', without, withUs, (list) => String(list.length)),
    row('cut off by the limit', without, withUs, (list) => share(list, ({ wasRefused }) => wasRefused)),
    row('tests broken at the stop', without, withUs, (list) => share(list, ({ isGreen }) => !isGreen)),
    row('advice read before the limit', without, withUs, (list) => share(list, ({ advisedAt }) => advisedAt !== null)),
    row('  with so much of the window left, median', without, withUs, leftAtAdvice),
    row('tests pass, by one reset at most', without, withUs, (list) =>
      share(list, ({ isGreenAfterReset }) => isGreenAfterReset),
    ),
    row('  from the cut to passing tests, median', without, withUs, recoveryTime),
    row('versions of files that stood on disk', without, withUs, (list) =>
      String(sum(list, ({ versions }) => versions)),
    ),
    row('  kept nowhere, bytes', without, withUs, (list) =>
      String(sum(list, ({ lost }) => lost.reduce((total, { bytes }) => total + bytes, 0))),
    ),
  ];
  printTable([`${agent}, limit in mid-refactor`, 'without', 'with'], rows);
  const odd = [...without, ...withUs].flatMap(({ seed, surprises }) =>
    surprises.map((each) => `seed ${seed}: ${each}`),
  );
  if (odd.length > 0) console.log(`\n   Unforeseen requests: ${odd.join('; ')}`);
}

type Figure = (list: readonly FlightOutcome[]) => string;

function row(
  name: string,
  without: readonly FlightOutcome[],
  withUs: readonly FlightOutcome[],
  figure: Figure,
): readonly string[] {
  return [name, figure(without), figure(withUs)];
}

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
