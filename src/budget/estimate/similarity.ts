import { type PromptFeatures, type Trait, traits } from '../../protocol/turn.ts';

/** What is known of a task before it runs. */
export interface Task extends PromptFeatures {
  readonly agent: string | null;
  readonly model: string | null;
  /** tokens in the model's context; 0: a new session; null: not known */
  readonly context: number | null;
}

/** What it counts that one of two tasks has a trait and the other has not. */
const traitWeights: Readonly<Record<Trait, number>> = {
  question: 0.8,
  docs: 0.4,
  tests: 0.3,
  fix: 0.3,
  feature: 0.4,
  refactor: 0.5,
  everything: 1.4,
  complex: 0.3,
  production: 0.1,
  subagents: 1,
  plan: 0.8,
  'go-on': 1.5,
  command: 1.5,
};

const perDoubling = { words: 0.3, files: 0.6, context: 0.15 };
const otherModel = 0.4;
const unknownModel = 0.1;
const otherAgent = 0.8;
const newSession = 0.8;
/** Below it, sizes of contexts do not matter: an agent's own instructions are as long. */
const smallContext = 8000;

/** A task's features as numbers, so that hundreds are compared in a moment. */
export interface TaskPoint {
  readonly words: number;
  readonly files: number;
  readonly traits: number;
  readonly agent: string | null;
  readonly model: string | null;
  readonly context: number | null;
}

export function pointOf({ words, files, traits: own, agent, model, context }: Task): TaskPoint {
  return {
    words: Math.log2(1 + words) * perDoubling.words,
    files: Math.log2(1 + files) * perDoubling.files,
    traits: own.reduce((bits, trait) => bits | (1 << traits.indexOf(trait)), 0),
    agent,
    model,
    context: context === null || context === 0 ? context : Math.log2(context + smallContext) * perDoubling.context,
  };
}

/** 0: alike in all that is known, rising with every difference. */
export function distance(one: TaskPoint, other: TaskPoint): number {
  return (
    Math.abs(one.words - other.words) +
    Math.abs(one.files - other.files) +
    traitDistance(one.traits ^ other.traits) +
    modelDistance(one, other) +
    contextDistance(one.context, other.context)
  );
}

/** By the set of traits that one of both has, as bits. Reckoned when first needed: all of them take longer than a hook may load. */
const traitDistances = new Float64Array(1 << traits.length).fill(-1);

function traitDistance(differing: number): number {
  const known = traitDistances[differing] ?? -1;
  if (known >= 0) return known;
  const sum = traits.reduce((so, trait, bit) => so + ((differing >>> bit) & 1) * traitWeights[trait], 0);
  traitDistances[differing] = sum;
  return sum;
}

function modelDistance(one: TaskPoint, other: TaskPoint): number {
  const agent = one.agent !== null && other.agent !== null && one.agent !== other.agent ? otherAgent : 0;
  if (one.model === other.model) return agent;
  return agent + (one.model === null || other.model === null ? unknownModel : otherModel);
}

function contextDistance(one: number | null, other: number | null): number {
  if (one === null || other === null || one === other) return 0;
  return one === 0 || other === 0 ? newSession : Math.abs(one - other);
}
