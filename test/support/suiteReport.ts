import * as v from 'valibot';

const testSchema = v.object({
  title: v.string(),
  state: v.picklist(['passed', 'failed', 'pending']),
  milliseconds: v.number(),
  error: v.nullable(v.string()),
});
const reportSchema = v.object({ tests: v.array(testSchema) });

/** One test of a report; a failed hook is an entry of its own. */
export type TestResult = v.InferOutput<typeof testSchema>;
/** What a run of a suite wrote down about itself. */
export type SuiteReport = v.InferOutput<typeof reportSchema>;

/** How a run is counted. `problem`: why it is a failure although no test of it says so. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly problem: string | null;
}

/**
 * Decides about a run from its exit code and the text of its report (null: there is none). Both must say that it went well: VS Code
 * exits with 0 when its extension host dies, and a report alone says nothing of a crash after it was written.
 */
export function judge(exitCode: number | null, text: string | null): Verdict {
  const report = text === null ? null : parseReport(text);
  if (report === null) {
    const what = text === null ? 'it left no report' : 'its report cannot be read';
    return { passed: 0, failed: 0, problem: `${what} (exit code ${exitCode ?? 'none'})` };
  }
  const passed = report.tests.filter((test) => test.state === 'passed').length;
  // A test that does not run proves nothing, so a pending one counts as failed.
  const failed = report.tests.length - passed;
  return { passed, failed, problem: problemOf(exitCode, passed, failed) };
}

function problemOf(exitCode: number | null, passed: number, failed: number): string | null {
  if (passed + failed === 0) return 'it ran no test';
  if (exitCode !== 0 && failed === 0) return `all its tests passed, but it ended with exit code ${exitCode ?? 'none'}`;
  return null;
}

/** The report in a text, or null when it is none. */
export function parseReport(text: string): SuiteReport | null {
  try {
    const parsed = v.safeParse(reportSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
