import { reporters, type MochaOptions, type Runner } from 'mocha';
import { recordRun } from './recordRun.ts';

/** mocha's spec output, and beside it the report in the file that SOFT_LANDING_REPORT names. */
class RecordingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const file = process.env['SOFT_LANDING_REPORT'];
    if (file) recordRun(runner, file);
  }
}

// mocha's command line takes a reporter only as the default export of its module.
export { RecordingReporter as default };
