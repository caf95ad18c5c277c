import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Runnable, Runner } from 'mocha';
import type { SuiteReport, TestResult } from './suiteReport.ts';

/** Writes what a mocha run did to `file`, when the run has ended: a run that is cut off leaves no report. */
export function recordRun(runner: Runner, file: string): void {
  const tests: TestResult[] = [];
  const add = (test: Runnable, state: TestResult['state'], error: string | null): void => {
    tests.push({ title: test.fullTitle(), state, milliseconds: test.duration ?? 0, error });
  };
  runner.on('pass', (test) => add(test, 'passed', null));
  runner.on('pending', (test) => add(test, 'pending', null));
  runner.on('fail', (test, error: unknown) =>
    add(test, 'failed', error instanceof Error ? (error.stack ?? error.message) : String(error)),
  );
  runner.once('end', () => writeReport(file, { tests }));
}

/** Writes a report whole or not at all. */
export function writeReport(file: string, report: SuiteReport): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.partial`, JSON.stringify(report, null, 2));
  renameSync(`${file}.partial`, file);
}
