import assert from 'node:assert/strict';
import { editorModeFiles, keysToClear, saysVim } from '../../../src/agents/claude/promptInput.ts';

describe("Claude Code's line for prompts", () => {
  it('is cleared by keys whose effect it can take back, and never by one that sends or ends anything', () => {
    const keys = keysToClear(false);
    assert.deepEqual([...new Set(keys.join(''))], ['\u0005', '\u000B', '\u0015']);
    // More in one piece counts as a paste, and would be text.
    assert.ok(keys.every((piece) => piece.length <= 40));
  });

  it('of vim is first brought to where letters are text', () => {
    assert.deepEqual(keysToClear(true).slice(0, 2), ['\u001B', 'A']);
    assert.deepEqual(keysToClear(true).slice(2), keysToClear(false));
  });

  it("is vim's where a settings file says so", () => {
    assert.equal(saysVim('{"editorMode":"vim","theme":"dark"}'), true);
    for (const text of ['', '{', '[]', '{"editorMode":"normal"}', '{"editorMode":7}', '{}'])
      assert.equal(saysVim(text), false, text);
  });

  it('is not asked after in the file in which a key can stand', () => {
    const files = editorModeFiles('/home/dev/.claude', '/repo');
    assert.ok(files.includes('/home/dev/.claude/settings.json'));
    assert.deepEqual(
      files.filter((file) => file.endsWith('.claude.json')),
      [],
    );
  });
});
