import assert from 'node:assert/strict';
import { addHooks, dialectOf, removeHooks } from '../../../src/agents/claude/hookSettings.ts';
import type { SettingsEdit } from '../../../src/agents/hookEntries.ts';

const command = { command: '/state/bin/soft-landing-hook', args: ['claude'] };
const moved = { command: '/elsewhere/bin/soft-landing-hook', args: ['claude'] };

function textOf(edit: SettingsEdit): string {
  assert.ok('text' in edit, JSON.stringify(edit));
  return edit.text;
}

describe('Claude Code hook settings', () => {
  it('makes a whole file where there is none', () => {
    const text = textOf(addHooks(null, command));
    const settings = JSON.parse(text) as { hooks: Record<string, unknown[]> };
    assert.deepEqual(Object.keys(settings.hooks), [
      'SessionStart',
      'UserPromptSubmit',
      'PreToolUse',
      'PostToolBatch',
      'PreCompact',
      'Stop',
      'StopFailure',
      'SessionEnd',
    ]);
    assert.deepEqual(settings.hooks['PreToolUse'], [
      {
        matcher: 'Edit|Write|MultiEdit|NotebookEdit|Bash|Agent|Task',
        hooks: [{ type: 'command', command: command.command, args: ['claude'], timeout: 15 }],
      },
    ]);
    assert.deepEqual(settings.hooks['StopFailure'], [
      { hooks: [{ type: 'command', command: command.command, args: ['claude', 'detached'], timeout: 15 }] },
    ]);
    assert.ok(dialectOf(text, command));
  });

  it('changes nothing the second time', () => {
    const once = textOf(addHooks('{\n\t"model": "x"\n}\n', command));
    assert.equal(textOf(addHooks(once, command)), once);
  });

  const formats: Readonly<Record<string, string>> = {
    'two spaces':
      '{\n  "z": 1,\n  "a": {"inline": [1,2]},\n  "hooks": {\n    "Stop": [{"hooks": [{"type": "command", "command": "mine"}]}]\n  }\n}\n',
    tabs: '{\n\t"b": true,\n\t"a": false\n}',
    'four spaces and CRLF': '{\r\n    "permissions": {\r\n        "allow": []\r\n    }\r\n}\r\n',
    'one line': '{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[]}]},"x":"ü \\u00fc"}',
    'an empty object': '{}\n',
    'empty lists': '{ "hooks": { "Stop": [], "PreToolUse": [] } }',
  };
  for (const [name, before] of Object.entries(formats)) {
    it(`keeps every other key, its order and its bytes: ${name}`, () => {
      const after = textOf(addHooks(before, command));
      assert.ok(dialectOf(after, command));
      const was = JSON.parse(before) as Record<string, unknown>;
      const is = JSON.parse(after) as Record<string, unknown>;
      assert.deepEqual(
        Object.keys(is).filter((key) => key !== 'hooks'),
        Object.keys(was).filter((key) => key !== 'hooks'),
      );
      for (const [key, value] of Object.entries(was)) if (key !== 'hooks') assert.deepEqual(is[key], value);
      // Line ends of the file, throughout.
      if (before.includes('\r\n')) assert.equal(after.replaceAll('\r\n', '').includes('\n'), false);
      // Our removal leaves only what was there, as data (the bytes come back from the receipt).
      const removed = JSON.parse(textOf(removeHooks(after))) as { hooks?: Record<string, unknown[]> };
      const others = Object.entries((was['hooks'] ?? {}) as Record<string, unknown[]>).filter(
        ([, list]) => list.length > 0,
      );
      assert.deepEqual(removed.hooks ?? {}, Object.fromEntries(others));
    });
  }

  it("keeps other people's hooks, and their places before ours", () => {
    const before = '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"theirs"}]}]}}';
    const settings = JSON.parse(textOf(addHooks(before, command))) as { hooks: { Stop: unknown[] } };
    assert.equal(settings.hooks.Stop.length, 2);
    assert.deepEqual(settings.hooks.Stop[0], { hooks: [{ type: 'command', command: 'theirs' }] });
  });

  it('replaces entries of an older state folder instead of doubling them', () => {
    const text = textOf(addHooks(textOf(addHooks('{"x":1}', command)), moved));
    assert.ok(dialectOf(text, moved));
    assert.ok(!dialectOf(text, command));
    assert.equal(text.includes('/state/bin'), false);
  });

  it('removes only our entries from a file that somebody edited since', () => {
    const edited = textOf(addHooks('{"a":1}', command)).replace(/"a":\s*1/, '"a":2,"b":3');
    assert.deepEqual(JSON.parse(textOf(removeHooks(edited))), { a: 2, b: 3 });
  });

  for (const [name, text, problem] of [
    ['comments', '{ // note\n "a": 1 }', 'not-json'],
    ['a trailing comma', '{"a":1,}', 'not-json'],
    ['a byte order mark', '\ufeff{"a":1}', 'not-json'],
    ['a list', '[]', 'unexpected-shape'],
    ['hooks that are a list', '{"hooks":[]}', 'unexpected-shape'],
    ['an event that is no list', '{"hooks":{"Stop":{}}}', 'unexpected-shape'],
  ] as const) {
    it(`refuses ${name}`, () => {
      for (const edit of [addHooks(text, command), removeHooks(text)]) {
        assert.ok('problem' in edit);
        assert.equal(edit.problem, problem);
        assert.notEqual(edit.detail, '');
      }
    });
  }
});
