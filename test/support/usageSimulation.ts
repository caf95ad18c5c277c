import { noTokens, type Reading, type TokenCounts } from '../../src/protocol/usage.ts';
import { simulatedResponses, type SimulatedResponse } from './simulatedSessions.ts';
import { seededRandom, type Random } from './seededRandom.ts';

const hour = 3_600_000;
const minute = 60_000;

/** What one response takes from a window, in the vendor's own hidden units. */
export type Weighting = (tokens: TokenCounts, model: string) => number;

export interface Scenario {
  readonly name: string;
  readonly window: 'five_hour' | 'seven_day';
  readonly weighting: Weighting;
  readonly rounding: 'floor' | 'round' | 'ceil';
  /** when an agent tells a reading: after each response, every 20 minutes of work, at random, at the first response of a session */
  readonly readings: 'each' | 'every20' | 'random' | 'sessionStart';
  /** idle sessions go on telling the value of their last response */
  readonly stale: boolean;
  /** use of the same account on other devices */
  readonly others: 'none' | 'steady' | 'most' | 'bursts';
  /** transcripts keep only a part of the output tokens */
  readonly partialOutput: boolean;
  readonly models: readonly string[];
  readonly days: number;
}

/** One moment right after a response, before any reading of it has come in. */
export interface Moment {
  readonly at: number;
  /** true use of the window, percent */
  readonly truth: number;
  /** when the window of that moment ends, epoch milliseconds */
  readonly resetsAt: number;
}

export interface Simulation {
  /** every reading told, in time order, stale and repeated ones too */
  readonly told: readonly Reading[];
  /** what the local transcripts show, in time order */
  readonly uses: readonly SimulatedResponse[];
  readonly moments: readonly Moment[];
}

interface WindowSpan {
  readonly resetsAt: number;
  used: number;
}

interface Event extends SimulatedResponse {
  readonly units: number;
  readonly isLocal: boolean;
}

/** Plays `scenario.days` of work by hidden rules. The same seed gives the same days. */
export function simulate(scenario: Scenario, seed: number): Simulation {
  const random = seededRandom(seed);
  const events = allEvents(scenario, random);
  const limit = limitFor(scenario, events);
  const told: Reading[] = [];
  const uses: SimulatedResponse[] = [];
  const moments: Moment[] = [];
  const sessions = new SessionReadings(scenario, random, told);
  let span: WindowSpan | null = null;
  for (const event of events) {
    sessions.advanceTo(event.at);
    if (span === null || event.at >= span.resetsAt) span = nextSpan(scenario.window, event.at, span);
    // Cut off: nobody works until the reset.
    if (span.used >= limit) continue;
    span.used = Math.min(limit, span.used + event.units);
    if (!event.isLocal) continue;
    const truth = (span.used / limit) * 100;
    const output = scenario.partialOutput ? Math.ceil(event.tokens.output * random.next()) : event.tokens.output;
    uses.push({ ...event, tokens: { ...event.tokens, output } });
    moments.push({ at: event.at, truth, resetsAt: span.resetsAt });
    sessions.responded(event, rounded(truth, scenario.rounding), span.resetsAt);
  }
  told.sort((a, b) => a.capturedAt - b.capturedAt);
  return { told, uses, moments };
}

function allEvents({ models, days, others, weighting }: Scenario, random: Random): readonly Event[] {
  const event = (isLocal: boolean) => (response: SimulatedResponse) => ({
    ...response,
    isLocal,
    units: weighting(response.tokens, response.model),
  });
  const local = simulatedResponses({ models, days, random }).map(event(true));
  if (others === 'none') return local;
  const elsewhere = simulatedResponses({ models, days, random }).map(event(false));
  const sum = (list: readonly Event[]) => list.reduce((total, { units }) => total + units, 0);
  if (others !== 'bursts') {
    // A fifth of all, or three quarters.
    const factor = ((others === 'steady' ? 0.25 : 3) * sum(local)) / sum(elsewhere);
    return inOrder([...local, ...elsewhere.map((each) => ({ ...each, units: each.units * factor }))]);
  }
  // A third of the days somebody works elsewhere for half an hour, more than half of what a whole day here takes.
  const perDay = sum(local) / days;
  const bursts = Array.from({ length: days }, (_, day) => day).filter(() => random.next() < 0.33);
  const start = local[0]?.at ?? 0;
  const burstEvents = bursts.flatMap((day) => {
    const from = start + day * 24 * hour + random.between(0, 10 * hour);
    return Array.from({ length: 30 }, (_, step): Event => {
      const at = from + step * minute;
      return { ...emptyResponse, at, isLocal: false, units: (perDay * 0.6) / 30 };
    });
  });
  return inOrder([...local, ...burstEvents]);
}

const emptyResponse: SimulatedResponse = {
  agent: 'claude',
  account: 'elsewhere',
  session: 'elsewhere',
  at: 0,
  model: '',
  tokens: noTokens,
  startsSession: false,
};

function inOrder(events: Event[]): readonly Event[] {
  return events.sort((a, b) => a.at - b.at);
}

/** So that the fullest tenth of the windows would be used up: limits are what people come near to. */
function limitFor({ window }: Scenario, events: readonly Event[]): number {
  const sums: number[] = [];
  let span: WindowSpan | null = null;
  for (const event of events) {
    if (span === null || event.at >= span.resetsAt) {
      if (span !== null) sums.push(span.used);
      span = nextSpan(window, event.at, span);
    }
    span.used += event.units;
  }
  if (span !== null) sums.push(span.used);
  sums.sort((a, b) => a - b);
  return (sums[Math.floor(sums.length * 0.9)] ?? 1) * 1.05;
}

function nextSpan(window: Scenario['window'], at: number, last: WindowSpan | null): WindowSpan {
  if (window === 'five_hour') return { resetsAt: Math.floor(at / (10 * minute)) * 10 * minute + 5 * hour, used: 0 };
  // Weeks follow each other without a gap, from some hour of the first day on.
  let resetsAt = last?.resetsAt ?? Math.floor(at / hour) * hour + 5 * 24 * hour;
  while (resetsAt <= at) resetsAt += 7 * 24 * hour;
  return { resetsAt, used: 0 };
}

function rounded(percent: number, how: Scenario['rounding']): number {
  return Math.min(100, Math[how](percent));
}

interface KnownValue {
  readonly percent: number;
  readonly resetsAt: number;
  readonly since: number;
}

/** What sessions tell: each knows only the value that came with its own last response. */
class SessionReadings {
  readonly #known = new Map<string, KnownValue>();
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #told: Reading[];
  #nextTick = 0;
  #nextStale = 0;

  constructor(scenario: Scenario, random: Random, told: Reading[]) {
    this.#scenario = scenario;
    this.#random = random;
    this.#told = told;
  }

  responded(event: Event, percent: number, resetsAt: number): void {
    this.#known.set(event.session, { percent, resetsAt, since: event.at });
    const when = this.#scenario.readings;
    if (when === 'each' || (when === 'sessionStart' && event.startsSession)) {
      this.#tell(event.at + this.#random.between(1000, 6000), percent, resetsAt);
    }
  }

  advanceTo(at: number): void {
    const { readings, stale } = this.#scenario;
    if (readings === 'every20' || readings === 'random') {
      if (this.#nextTick === 0) this.#nextTick = at;
      for (; this.#nextTick <= at; this.#nextTick += this.#gap()) this.#tellOne(this.#nextTick, 0, 10 * minute);
    }
    if (!stale) return;
    if (this.#nextStale === 0) this.#nextStale = at;
    for (; this.#nextStale <= at; this.#nextStale += 7 * minute) this.#tellOne(this.#nextStale, 15 * minute, 12 * hour);
  }

  #gap(): number {
    return this.#scenario.readings === 'every20' ? 20 * minute : -Math.log(1 - this.#random.next()) * 8 * minute + 1000;
  }

  /** One of the sessions whose last response is that old tells what it knows. */
  #tellOne(at: number, from: number, to: number): void {
    const sessions = [...this.#known.values()].filter(({ since }) => at - since >= from && at - since <= to);
    const known = sessions[Math.floor(this.#random.next() * sessions.length)];
    if (known !== undefined) this.#tell(at, known.percent, known.resetsAt);
  }

  #tell(at: number, percent: number, resetsAt: number): void {
    this.#told.push({
      agent: 'claude',
      account: 'home',
      window: this.#scenario.window,
      used: percent / 100,
      resetsAt,
      capturedAt: Math.round(at),
      source: 'statusline',
      confidence: 'official',
    });
  }
}
