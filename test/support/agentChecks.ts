import assert from 'node:assert/strict';
import type { Budgets } from '../../src/protocol/budgets.ts';
import { defaultPreferences, publishPreferences } from '../../src/store/preferences.ts';
import type { AgentOutcome } from './runAgent.ts';
import type { AgentWorkplace } from './agentWorkplace.ts';
import { filesInTree } from './workingTree.ts';

/** The files that the flights edit, and what they make of app.js. */
export const startFiles = {
  'app.js': 'function add(a, b) {\n  return a - b;\n}\nmodule.exports = { add };\n',
  'README.md': '# Scratch\n',
} as const;
export const fixedApp = startFiles['app.js'].replace('a - b', 'a + b');

/** The agent did its work to the end, and nothing of it was not foreseen. */
export function assertUndisturbed(place: AgentWorkplace, outcome: AgentOutcome): void {
  assert.deepEqual(place.api.surprises, []);
  assert.equal(outcome.exitCode, 0, `${outcome.stdout}\n${outcome.stderr}`);
}

/** There is a checkpoint of each state that the API saw before it answered with an edit, byte for byte. */
export async function assertEverySightSaved(
  place: AgentWorkplace,
  agent: string,
  prompt: string,
  /** git is told to ignore it, so that no checkpoint holds it */
  ignored = '',
): Promise<void> {
  const checkpoints = await place.checkpoints();
  const saved = checkpoints.map(({ ref }) => JSON.stringify(filesInTree(place.repository, ref)));
  assert.ok(place.sights.length > 0);
  for (const sight of place.sights) {
    const kept = Object.fromEntries(Object.entries(sight).filter(([file]) => file !== ignored));
    assert.ok(saved.includes(JSON.stringify(kept)), `not saved: ${Object.keys(kept).join(', ')}`);
  }
  for (const checkpoint of checkpoints) assert.equal(checkpoint.agent, agent);
  assert.ok(
    checkpoints.some(({ label }) => label.includes(prompt)),
    `labels: ${checkpoints.map(({ label }) => label).join(' | ')}`,
  );
}

const advice = 'Soft Landing (a tool of the user';
const refusal = 'Refused by Soft Landing';

/** From which request on the model reads the advice; -1: in none. */
export function toldAtRequest(place: AgentWorkplace): number {
  return place.api.requests.findIndex((request) => request.includes(advice));
}

/** From which request on the model reads that a tool was refused; -1: in none. */
export function refusedAtRequest(place: AgentWorkplace): number {
  return place.api.requests.findIndex((request) => request.includes(refusal));
}

/** As the editor publishes it, with new work refused inside the reserve. */
export async function preferStrictLanding(place: AgentWorkplace, budgets: Budgets = {}): Promise<void> {
  await publishPreferences(place.stateFolder, { ...defaultPreferences, landing: 'strict', budgets });
}

/** What `recover --json` says, as far as tests read it. */
export interface Recovered {
  readonly interruption: {
    readonly agent: string;
    readonly reason: string;
    readonly resetsAt: string | null;
    readonly task: string;
  } | null;
}
