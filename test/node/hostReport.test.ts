import { deepEqual, equal, match } from 'node:assert/strict';
import { judge } from '../support/suiteReport.ts';

const passed = { title: 'a test', state: 'passed', milliseconds: 3, error: null };
const failed = { title: 'another', state: 'failed', milliseconds: 3, error: 'AssertionError: no' };
const pending = { title: 'a third', state: 'pending', milliseconds: 0, error: null };

function report(...tests: readonly unknown[]): string {
  return JSON.stringify({ tests });
}

describe('the verdict about a test run', () => {
  it('accepts a run that ended well and reports only passed tests', () => {
    deepEqual(judge(0, report(passed, passed)), { passed: 2, failed: 0, problem: null });
  });

  it('refuses a missing report although VS Code exited with 0', () => {
    match(judge(0, null).problem ?? '', /left no report \(exit code 0\)/);
  });

  it('refuses a report without tests', () => {
    match(judge(0, report()).problem ?? '', /ran no test/);
  });

  for (const [name, text] of [
    ['an empty file', ''],
    ['a file that was cut off', report(passed).slice(0, -5)],
    ['something else', '{"results": []}'],
    ['an unknown state', report({ ...passed, state: 'fine' })],
  ] as const) {
    it(`refuses ${name} as report`, () => {
      deepEqual(judge(0, text), { passed: 0, failed: 0, problem: 'its report cannot be read (exit code 0)' });
    });
  }

  it('counts failed tests, whatever the exit code says', () => {
    deepEqual(judge(0, report(passed, failed)), { passed: 1, failed: 1, problem: null });
  });

  it('counts a pending test as failed', () => {
    equal(judge(0, report(passed, pending)).failed, 1);
  });

  it('refuses a run that crashed after its report was written', () => {
    match(judge(2, report(passed)).problem ?? '', /exit code 2/);
    match(judge(null, report(passed)).problem ?? '', /exit code none/);
  });
});
