/** What each shipped file may weigh, in bytes (1 KB = 1000); null is no budget. Tests hold it, the bench shows it. */
export const budgets: Readonly<Record<string, number | null>> = {
  'extension.cjs': 160_000,
  'hook.cjs': 120_000,
  'cli.cjs': null,
  'usageWorker.cjs': null,
  'commitMode.cjs': 100_000,
  'onDemand.cjs': null,
  'claudeInstall.cjs': null,
  'promptAdvice.cjs': 60_000,
  'estimateTask.cjs': null,
  // The vocabulary of a tokenizer.
  'tokenizer.cjs': null,
  'rareActions.cjs': null,
  'webview/panel.js': 40_000,
  'webview/panel.css': null,
  'soft-landing.vsix': 2_500_000,
};
