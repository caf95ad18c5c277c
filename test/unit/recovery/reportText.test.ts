import assert from 'node:assert/strict';
import { handOverText, shortHandOver } from '../../../src/recovery/handOver.ts';
import type { Report } from '../../../src/recovery/report.ts';
import { reportText } from '../../../src/recovery/reportText.ts';

const at = Date.UTC(2026, 10, 28, 4);
const unsaved: Report = {
  v: 1,
  id: 'i',
  agent: 'claude',
  sessionId: 's',
  transcript: null,
  cwd: '/home/ada/shop',
  top: null,
  at,
  turnAt: at - 60_000,
  recordedAt: at + 1000,
  reason: 'usage-limit',
  message: 'You have hit your limit',
  resetsAt: null,
  continuesItself: false,
  isInSubagent: false,
  prompts: ['Rename add to sum'],
  todos: [],
  chunk: null,
  unanswered: [],
  lastWords: null,
  subagents: [],
  base: null,
  lastGreen: null,
  checkpoint: null,
  problem: 'No permission to read the repository.',
  changes: [],
  green: null,
};
const texts = (report: Report): readonly string[] => [
  reportText(report, ''),
  handOverText(report, 'UTC'),
  shortHandOver(report, null, at, 'UTC'),
];

describe('what a report says of the files', () => {
  it('does not take a state that could not be saved for one without changes', () => {
    for (const text of texts(unsaved)) {
      assert.match(text, /not known/);
      assert.doesNotMatch(text, /Nothing has changed|No file was changed|changed no file/);
    }
  });

  it('says that nothing changed where that was looked at', () => {
    const [report = '', handOver = '', short = ''] = texts({ ...unsaved, checkpoint: 'c', problem: null });
    assert.match(report, /Nothing has changed since the commit\./);
    assert.match(handOver, /No file was changed\./);
    assert.match(short, /It had changed no file\./);
  });
});
