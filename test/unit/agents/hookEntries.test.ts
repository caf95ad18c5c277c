import assert from 'node:assert/strict';
import { codexHookFile } from '../../../src/agents/codex/hookFile.ts';
import { codexHooksTrusted } from '../../../src/agents/codex/hookTrust.ts';
import { geminiHookFile } from '../../../src/agents/gemini/hookFile.ts';
import {
  addEntries,
  hasEntries,
  installedEntries,
  removeEntries,
  type SettingsEdit,
} from '../../../src/agents/hookEntries.ts';
import { shellWords } from '../../../src/agents/launcherCommand.ts';
import { cmdLine, launchersOfCommandLine, powerShellLine, shellLine } from '../../../src/agents/shellHook.ts';

const command = { command: "/state it's $HOME/bin/soft-landing-hook", args: ['codex'] };
const codex = codexHookFile('linux');
const gemini = geminiHookFile('linux');

function textOf(edit: SettingsEdit): string {
  assert.ok('text' in edit, JSON.stringify(edit));
  return edit.text;
}

const theirs = (word: string) => ({ hooks: [{ type: 'command', command: word }] });

describe('hooks in settings of Codex and Gemini CLI', () => {
  for (const [name, format] of [
    ['codex', codex],
    ['gemini', gemini],
  ] as const) {
    it(`${name}: come in once, are found, and go out without a trace`, () => {
      const before = JSON.stringify({ theirs: 1, hooks: { Other: [theirs('x')] } }, null, 3);
      const once = textOf(addEntries(format, before, command));
      assert.equal(textOf(addEntries(format, once, command)), once);
      assert.ok(hasEntries(format, once, command));
      const installed = installedEntries(format, once);
      assert.ok(!('problem' in installed));
      assert.deepEqual(installed, { launchers: [command.command], missingEvents: [], isDisabled: false });
      assert.deepEqual(JSON.parse(textOf(removeEntries(format, once))), JSON.parse(before));
    });

    it(`${name}: are replaced where they stand when the launcher moved`, () => {
      const old = textOf(addEntries(format, null, { command: '/old/bin/soft-landing-hook', args: ['x'] }));
      const moved = textOf(addEntries(format, old, command));
      assert.equal(moved, textOf(addEntries(format, null, command)));
    });
  }

  it('leave the place of every other entry of Codex as it was, whoever came after ours', () => {
    const ours = JSON.parse(textOf(addEntries(codex, null, command))) as { hooks: Record<string, unknown[]> };
    ours.hooks['PreToolUse'] = [theirs('before'), ...(ours.hooks['PreToolUse'] ?? []), theirs('after')];
    const left = JSON.parse(textOf(removeEntries(codex, JSON.stringify(ours)))) as typeof ours;
    assert.deepEqual(left.hooks, { PreToolUse: [theirs('before'), { hooks: [] }, theirs('after')] });
  });

  it('keep comments where the agent reads them, and refuse them where it does not', () => {
    const text = '{\n  // mine\n  "a": 1\n}\n';
    assert.match(textOf(addEntries(gemini, text, command)), /\/\/ mine/);
    assert.ok('problem' in addEntries(codex, text, command));
    for (const broken of ['{', '[]', '{"hooks": []}', '{"hooks": {"Stop": 1}}']) {
      assert.ok('problem' in addEntries(gemini, broken, command), broken);
      assert.ok('problem' in removeEntries(codex, broken), broken);
    }
  });

  it('are seen as switched off', () => {
    for (const hooksConfig of [{ enabled: false }, { disabled: ['soft-landing'] }]) {
      const installed = installedEntries(gemini, JSON.stringify({ hooksConfig }));
      assert.ok(!('problem' in installed) && installed.isDisabled);
    }
  });
});

describe("a hook's command line", () => {
  it('is read back by a shell as what it was, and tells its launcher', () => {
    const line = shellLine(command);
    assert.deepEqual(shellWords(line).slice(-2), [command.command, 'codex']);
    for (const each of [line, shellLine({ ...command, command: '/plain/bin/soft-landing-hook' })]) {
      assert.ok(launchersOfCommandLine({ command: each }).every((word) => word.endsWith('/bin/soft-landing-hook')));
    }
    assert.deepEqual(launchersOfCommandLine({ command: 'echo soft-landing-hooks' }), []);
  });

  it('is made for the shells of Windows', () => {
    const windows = { command: 'C:\\node.exe', args: ["C:\\it's\\soft-landing-hook.cjs", 'gemini'] };
    assert.equal(
      cmdLine(windows),
      String.raw`if exist "C:\it's\soft-landing-hook.cjs" "C:\node.exe" "C:\it's\soft-landing-hook.cjs" "gemini"`,
    );
    assert.equal(
      powerShellLine(windows),
      String.raw`if (Test-Path 'C:\it''s\soft-landing-hook.cjs') { & 'C:\node.exe' 'C:\it''s\soft-landing-hook.cjs' 'gemini' }`,
    );
  });
});

describe("Codex's trust in our hooks", () => {
  const file = '/home/u/.codex/hooks.json';
  const hooks = textOf(addEntries(codex, null, command));
  const events: readonly (readonly [string, string])[] = [
    ['session_start', 'SessionStart'],
    ['pre_tool_use', 'PreToolUse'],
  ];
  const state = (config: string) => codexHooksTrusted(codex, [file], hooks, config);

  it('is none where Codex knows nothing of them', () => {
    assert.equal(state('').state, 'untrusted');
    assert.equal(state('').skippedEvents.length, Object.keys(codex.entries(command)).length);
    assert.deepEqual(codexHooksTrusted(codex, [file], '{}', ''), { state: 'none', skippedEvents: [] });
    assert.deepEqual(codexHooksTrusted(codex, [file], '{', ''), { state: 'none', skippedEvents: [] });
  });

  it('is told from a definition that changed since, and from what a person switched off', () => {
    for (const [key, event] of events) {
      const changed = `[hooks.state."${file}:${key}:0:0"]\ntrusted_hash = "sha256:00"\n`;
      assert.ok(state(changed).skippedEvents.includes(event));
    }
    const all = Object.keys(codex.entries(command)).map((event) =>
      event.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
    );
    const tables = (fields: string) => all.map((key) => `[hooks.state.'${file}:${key}:0:0']\r\n${fields}\r\n`).join('');
    assert.equal(state(tables('trusted_hash = "sha256:00"')).state, 'changed');
    assert.equal(state(tables('trusted_hash = "sha256:00"\nenabled = false')).state, 'off');
    const short = all.map((key) => `"${file}:${key}:0:0" = { enabled = false }\n`).join('');
    assert.equal(state(`[hooks.state]\n${short}`).state, 'off');
    // A table of somebody else's that comes after must not be taken for ours.
    assert.equal(state(`${tables('')}[other]\ntrusted_hash = "sha256:00"\n`).state, 'untrusted');
  });
});
