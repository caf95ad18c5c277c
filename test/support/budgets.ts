/** What each shipped file may weigh, in bytes (1 KB = 1000); null is no budget. Tests hold it, the bench shows it. */
export const budgets: Readonly<Record<string, number | null>> = {
  'extension.cjs': 160_000,
  'hook.cjs': 120_000,
  'cli.cjs': null,
  'usageWorker.cjs': null,
  'commitMode.cjs': 100_000,
  'onDemand.cjs': null,
  'claudeInstall.cjs': null,
  'rareActions.cjs': null,
  'display.cjs': null,
  'webview/panel.js': 56_000,
  'webview/panel.css': null,
  'soft-landing.vsix': 2_500_000,
};
