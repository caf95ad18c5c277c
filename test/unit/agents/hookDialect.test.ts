import assert from 'node:assert/strict';
import { dialectFor } from '../../../src/agents/claude/hookDialect.ts';
import { addHooks, dialectOf, installedHooks, isPlain, removeHooks } from '../../../src/agents/claude/hookSettings.ts';
import type { SettingsEdit } from '../../../src/agents/hookEntries.ts';

const command = { command: '/a state/bin/soft-landing-hook', args: ['claude'] };

function textOf(edit: SettingsEdit): string {
  assert.ok('text' in edit, JSON.stringify(edit));
  return edit.text;
}

describe('hooks for older versions of Claude Code', () => {
  for (const [version, dialect] of [
    ['1.0.128', 'too-old'],
    ['2.0.0', 'plain'],
    ['2.1.70', 'plain'],
    ['2.1.149', 'plain'],
    ['2.1.150', 'current'],
    ['2.1.330 (Claude Code)', 'current'],
    ['2.2.0', 'current'],
    ['3.0.0', 'current'],
    ['', 'current'],
    ['two', 'current'],
    [null, 'current'],
  ] as const) {
    it(`${version ?? 'an unknown version'}: ${dialect}`, () => assert.equal(dialectFor(version), dialect));
  }

  it('name no event that these do not know, and are lines for a shell', () => {
    const text = textOf(addHooks('{"model":"x"}\n', command, 'plain'));
    const { hooks } = JSON.parse(text) as { hooks: Record<string, unknown> };
    assert.deepEqual(Object.keys(hooks).sort(), [
      'PostToolUse',
      'PreCompact',
      'PreToolUse',
      'SessionEnd',
      'SessionStart',
      'Stop',
      'UserPromptSubmit',
    ]);
    const line =
      "[ -x '/a state/bin/soft-landing-hook' ] || exit 0; exec '/a state/bin/soft-landing-hook' claude landing";
    assert.deepEqual(hooks['PostToolUse'], [{ hooks: [{ type: 'command', command: line, timeout: 15 }] }]);
    assert.ok(isPlain(text));
    assert.deepEqual(installedHooks(text), { launchers: [command.command], missingEvents: [], isDisabled: false });
  });

  it('give way to the present form, and the other way round, and leave nothing behind', () => {
    const before = '{\n  "hooks": { "Stop": [{ "hooks": [{ "type": "command", "command": "mine" }] }] }\n}\n';
    const plain = textOf(addHooks(before, command, 'plain'));
    assert.equal(dialectOf(plain, command), 'plain');
    const current = textOf(addHooks(plain, command));
    assert.equal(dialectOf(current, command), 'current');
    assert.ok(!isPlain(current));
    const back = textOf(addHooks(current, command, 'plain'));
    assert.equal(dialectOf(back, command), 'plain');
    for (const text of [plain, current, back])
      assert.deepEqual(JSON.parse(textOf(removeHooks(text))), JSON.parse(before));
  });
});
