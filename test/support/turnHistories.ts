import type { Trait, Turn } from '../../src/protocol/turn.ts';
import { seededRandom, type Random } from './seededRandom.ts';

/** A user whose tasks cost what a known rule says, so that it is known what an estimate should find. */
export interface Regime {
  readonly name: string;
  readonly turns: number;
  /** of the logarithm of the tokens, given what is known before the run */
  readonly noise: (random: Random, index: number) => number;
  /** logarithm of the level at a turn of the history, beside the features */
  readonly level: (index: number, path: readonly number[]) => number;
  /** how much features say: 0 nothing, 1 as much as `effect` */
  readonly features: number;
}

/** Standard normal (Box-Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Student's t: with few degrees of freedom now and then something is far off. */
function heavy(random: Random, freedom: number): number {
  let square = 0;
  for (let count = 0; count < freedom; count += 1) square += normal(random) ** 2;
  return normal(random) / Math.sqrt(square / freedom);
}

export const regimes: readonly Regime[] = [
  { name: 'stationary', turns: 220, noise: (random) => 0.8 * normal(random), level: () => 0, features: 0.3 },
  {
    name: 'heavy-tailed',
    turns: 220,
    noise: (random) => Math.max(-4, Math.min(4, 0.6 * heavy(random, 2))),
    level: () => 0,
    features: 0.5,
  },
  { name: 'feature-driven', turns: 220, noise: (random) => 0.35 * normal(random), level: () => 0, features: 1.2 },
  {
    name: 'drifting',
    turns: 260,
    noise: (random) => 0.6 * normal(random),
    // Slowly up and down, and a new model in the middle that takes twice as much.
    level: (index, path) => (path[index] ?? 0) + (index > 130 ? 0.7 : 0),
    features: 0.6,
  },
  {
    name: 'two kinds of days',
    turns: 220,
    noise: (random) => (random.next() < 0.15 ? 2.2 : 0) + 0.5 * normal(random),
    level: () => 0,
    features: 0.6,
  },
  { name: 'thin', turns: 14, noise: (random) => 0.7 * normal(random), level: () => 0, features: 0.6 },
];

const effects: Readonly<Partial<Record<Trait, number>>> = {
  question: -0.9,
  'go-on': -0.7,
  docs: -0.4,
  feature: 0.6,
  refactor: 0.5,
  everything: 1.6,
  complex: 0.5,
  subagents: 1.1,
  plan: -0.3,
};

const kinds: readonly (readonly [number, readonly Trait[]])[] = [
  [0.18, ['go-on']],
  [0.36, ['question']],
  [0.55, ['fix']],
  [0.72, ['feature']],
  [0.8, ['refactor']],
  [0.84, ['refactor', 'everything']],
  [0.9, ['tests']],
  [0.95, ['docs']],
  [1, ['feature', 'complex']],
];

/** A history of a regime, oldest first. */
export function turnHistory(regime: Regime, seed: number): readonly Turn[] {
  const random = seededRandom(seed * 7919 + regime.name.length);
  const path: number[] = [];
  for (let index = 0; index < regime.turns; index += 1) path.push((path.at(-1) ?? 0) * 0.98 + 0.06 * normal(random));
  // Users, their code and their models differ by factors; no rule of thumb can know it.
  const user = 0.7 * normal(random);
  let context = 0;
  return Array.from({ length: regime.turns }, (_, index) => {
    const kind = random.next();
    const base = kinds.find(([until]) => kind < until)?.[1] ?? [];
    const extra: Trait[] = random.next() < 0.04 ? ['subagents'] : random.next() < 0.06 ? ['plan'] : [];
    const traits = [...base, ...extra];
    const isGoOn = traits.includes('go-on');
    const words = isGoOn ? 1 + Math.floor(random.next() * 3) : Math.round(Math.exp(2.8 + 0.9 * normal(random)));
    const files = isGoOn || random.next() < 0.5 ? 0 : Math.ceil(random.next() ** 2 * 6);
    const isFirst = context === 0;
    const effect =
      traits.reduce((sum, trait) => sum + (effects[trait] ?? 0), 0) +
      0.25 * Math.log2(1 + files) +
      0.08 * Math.log2(1 + words) +
      (isFirst ? 0.5 : 0);
    const tokens = Math.exp(
      9.6 + user + regime.features * effect + regime.level(index, path) + regime.noise(random, index),
    );
    const turn = turnOf({ index, traits, words, files, context, tokens });
    context = random.next() < 0.15 ? 0 : context + Math.min(tokens, 60_000);
    return turn;
  });
}

function turnOf(of: {
  index: number;
  traits: readonly Trait[];
  words: number;
  files: number;
  context: number;
  tokens: number;
}): Turn {
  const at = Date.parse('2026-09-01T08:00:00Z') + of.index * 1_200_000;
  const total = Math.max(1, Math.round(of.tokens));
  const [output, input] = [Math.round(total * 0.2), Math.round(total * 0.02)];
  return {
    agent: 'claude',
    session: 1 + Math.floor(of.index / 7),
    at,
    end: at + 300_000,
    model: of.index > 130 ? 'claude-opus-5-5' : 'claude-opus-5',
    words: of.words,
    files: of.files,
    traits: [...of.traits],
    context: Math.round(of.context),
    tokens: [input, output, total - input - output, 0, total * 12],
    requests: Math.max(1, Math.round(total / 2500)),
    touched: of.files,
    active: 200_000,
    finish: null,
    moved: {},
  };
}
