import assert from 'node:assert/strict';
import { errorReportAt, reportedFailure } from '../../../src/agents/gemini/errorReport.ts';

const at = Date.UTC(2026, 10, 28, 2, 28, 51, 455);
const project = '/home/ada/.gemini/tmp/shop';

/** As Gemini CLI 0.61 wrote one, shortened. */
function report(message: string, kind = 'TerminalQuotaError', folder = project): string {
  const context = [
    {
      role: 'user',
      parts: [
        { text: `<session_context>\nThe project's temporary directory is: ${folder}\n- **Workspace Directories:**\n` },
        { text: 'Fix add in app.js' },
      ],
    },
    { role: 'model', parts: [{ functionCall: { name: 'run_shell_command', args: { command: 'ls' } } }] },
  ];
  return JSON.stringify({ error: { message, stack: `${kind}: ${message}\n    at classifyGoogleError` }, context });
}
const found = (text: string, prompt = 'Fix add in app.js') => reportedFailure(text, at, project, prompt);
const quota = 'You have exhausted your daily quota on this model.';

describe('an error report of Gemini CLI', () => {
  it('is known by its name, which tells when', () => {
    const name = (type: string): string => `gemini-client-error-${type}-2026-11-28T02-28-51-455Z.json`;
    assert.equal(errorReportAt(name('Turn.run-sendMessageStream')), at);
    assert.equal(errorReportAt(name('generateJson-api')), null, 'of a side request');
    assert.equal(errorReportAt('gemini-client-error-Turn.run-sendMessageStream-2026-99-28T02-28-51-455Z.json'), null);
    assert.equal(errorReportAt('notes.json'), null);
  });

  it('tells why the turn was refused', () => {
    assert.deepEqual(found(report(quota)), {
      kind: 'failure',
      at,
      reason: 'usage-limit',
      message: quota,
      resetsAt: null,
    });
  });

  it('belongs to the chat whose folder and prompt it names, and to no other', () => {
    assert.equal(found(report(quota, undefined, '/home/ada/.gemini/tmp/shop-2')), null);
    assert.equal(found(report(quota), 'Something else'), null);
    assert.equal(found(report(quota), ' '), null);
  });

  for (const [message, kind, reason, seconds] of [
    ['Quota exceeded.\nSuggested retry after 3600s.', 'TerminalQuotaError', 'usage-limit', 3600],
    ['Exhausted. Your quota will reset after 5h12m30s.', 'TerminalQuotaError', 'usage-limit', 18_750],
    ['Too fast. Please retry in 12.5s', 'RetryableQuotaError', 'rate-limit', 12.5],
    ['Insufficient credits.', 'TerminalQuotaError', 'credit', null],
    ['The model is overloaded.', 'ApiError', 'overloaded', null],
    ['Internal error', 'ApiError', 'api-error', null],
  ] as const) {
    it(`${kind}: ${JSON.stringify(message)}`, () => {
      const failure = found(report(message, kind));
      assert.ok(failure?.kind === 'failure');
      assert.equal(failure.reason, reason);
      assert.equal(failure.resetsAt, seconds === null ? null : at + seconds * 1000);
    });
  }

  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{"error":{}}',
    '{"error":{"message":"x"},"context":[null,{"parts":[7]}]}',
  ]) {
    it(`is nothing where it is torn or of another shape: ${text}`, () => assert.equal(found(text), null));
  }
});
