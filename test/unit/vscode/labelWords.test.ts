import assert from 'node:assert/strict';
import { english } from '../../../src/budget/language.ts';
import { ambientPurpose } from '../../../src/checkpoints/ambient/ambient.ts';
import { safetyPurpose } from '../../../src/checkpoints/restore/safetyPurpose.ts';
import type { CheckpointKind } from '../../../src/protocol/checkpoint.ts';
import { labelWords } from '../../../src/vscode/checkpoints/labelWords.ts';

/** Marks what was said by it. */
const marked = (text: string, ...values: (string | number)[]): string => `<${english.t(text, ...values)}>`;
const words = (kind: CheckpointKind, label: string, tool: string | null = null): string =>
  labelWords({ kind, label, tool }, marked);

/** What the engine calls the state before a reset to a checkpoint of this label. */
function beforeReset(label: string, isUndo = false): string {
  const request = { target: { label, record: { id: 'a' } }, paths: [], undoes: isUndo ? {} : null, set: undefined };
  return safetyPurpose(request as never, { members: [] } as never, false).label;
}

describe("a checkpoint's label in the editor's language", () => {
  for (const [kind, label, said] of [
    ['manual', 'Manual checkpoint', '<Manual checkpoint>'],
    ['session', 'Start of the session', '<Start of the session>'],
    ['turn', 'End of the turn', '<End of the turn>'],
    ['ambient', ambientPurpose.label, '<Ambient checkpoint>'],
    ['ambient', 'Before a burst of edits', '<Before a burst of edits>'],
    ['verify', 'Verify: npm test', '<Verify: npm test>'],
    ['interrupted', 'Cut off', '<Cut off>'],
    ['interrupted', 'Cut off: Fix the login', '<Cut off: Fix the login>'],
    ['safety', beforeReset('Fix the login'), '<Before reset to “Fix the login”>'],
    ['safety', beforeReset('Before a burst of edits'), '<Before reset to “<Before a burst of edits>”>'],
    ['safety', beforeReset(beforeReset('Fix “it”'), true), '<Before undo of the reset to “Fix “it””>'],
    ['safety', 'Before squashing 1 checkpoint commit', '<Before squashing 1 checkpoint commit>'],
    ['safety', 'Before squashing 12 checkpoint commits', '<Before squashing 12 checkpoint commits>'],
    ['failed-restore', 'Half-way through a reset that failed', '<Half-way through a reset that failed>'],
  ] as const) {
    it(`${kind}: ${label}`, () => assert.equal(words(kind, label), said));
  }

  it('a tool that no prompt led to', () => {
    assert.equal(words('tool', 'Before Edit app.ts', 'Edit app.ts'), '<Before Edit app.ts>');
  });

  it('what people said stays as they said it', () => {
    for (const [kind, label] of [
      ['prompt', 'Verify: npm test'],
      ['tool', 'Before reset to “main”'],
      ['manual', 'Cut off: the long tail'],
      ['safety', 'renamed by me'],
    ] as const)
      assert.equal(words(kind, label, 'Edit app.ts'), label);
  });
});
