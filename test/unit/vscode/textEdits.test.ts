import assert from 'node:assert/strict';
import { TextEdits, type TextEdit } from '../../../src/vscode/ambient/textEdits.ts';

const insert = (text: string, at = 0, more: Partial<TextEdit> = {}): TextEdit => ({
  at,
  changes: [{ replacedLines: 0, replacedLength: 0, text }],
  isDirty: true,
  isUndo: false,
  ...more,
});
const lines = (count: number): string => 'x\n'.repeat(count);

describe('TextEdits', () => {
  it('a person types: letters, lines, a snippet, with many cursors', () => {
    const edits = new TextEdits();
    for (let at = 0; at < 60_000; at += 80)
      assert.equal(edits.changed('a', insert(at % 800 ? 'x' : '\n    ', at)), false);
    assert.equal(edits.changed('a', insert(lines(6), 70_000)), false);
    const cursors = Array.from({ length: 30 }, () => ({ replacedLines: 0, replacedLength: 1, text: 'x' }));
    assert.equal(edits.changed('a', insert('', 80_000, { changes: cursors })), false);
    assert.equal(edits.willSave('a', 90_000), false);
    assert.equal(edits.saved('a'), false);
  });

  it('many lines in one go are a large edit: until it is saved', () => {
    const edits = new TextEdits();
    assert.equal(edits.changed('a', insert(lines(20))), true);
    assert.equal(edits.changed('a', insert('x', 60_000)), false);
    assert.equal(edits.willSave('a', 61_000), true);
    assert.equal(edits.saved('a'), true);
    assert.equal(edits.willSave('a', 62_000), false);
  });

  it('so are lines that go, one long line, and lines that come one by one as fast as nobody types', () => {
    const removal = insert('', 0, { changes: [{ replacedLines: 25, replacedLength: 500, text: '' }] });
    assert.equal(new TextEdits().changed('a', removal), true);
    assert.equal(new TextEdits().changed('a', insert('x'.repeat(2000))), true);
    const streamed = new TextEdits();
    const answers = Array.from({ length: 20 }, (_, at) => streamed.changed('a', insert('word\n', at * 90)));
    assert.deepEqual([answers.indexOf(true), answers.at(-1)], [19, true]);
  });

  it('so is a word in several documents at once, for each of them', () => {
    const edits = new TextEdits();
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => edits.changed(name, insert('x', 100))),
      [false, false, true],
    );
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => edits.willSave(name, 200)),
      [true, true, true],
    );
  });

  it('undo, and a file that was read anew, are none', () => {
    const edits = new TextEdits();
    assert.equal(edits.changed('a', insert(lines(50), 0, { isUndo: true })), false);
    assert.equal(edits.changed('b', insert(lines(50), 0, { isDirty: false })), false);
    assert.equal(edits.changed('b', insert('x', 10_000)), false);
  });

  it('the editor may say only afterwards that the document differs from its file', () => {
    const edits = new TextEdits();
    assert.equal(edits.changed('a', insert(lines(50), 0, { isDirty: false })), false);
    assert.equal(edits.changed('a', { at: 5, changes: [], isDirty: true, isUndo: false }), true);
  });

  it('what a formatter does while saving belongs to the save', () => {
    const edits = new TextEdits();
    edits.changed('a', insert('x'));
    assert.equal(edits.willSave('a', 100), false);
    assert.equal(edits.changed('a', insert(lines(300), 150)), false);
    assert.equal(edits.saved('a'), false);
  });

  it('a save that failed is not waited for', () => {
    const edits = new TextEdits();
    edits.willSave('a', 0);
    assert.equal(edits.changed('a', insert(lines(20), 6000)), true);
  });
});
