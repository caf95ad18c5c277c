import assert from 'node:assert/strict';
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
