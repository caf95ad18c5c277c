import * as vscode from 'vscode';

/** What is done sooner shows nothing: a notification that flashes by is worse than none. */
const patienceMs = 1000;

/**
 * Runs something that may take long: after a second a notification says so, and offers to cancel it.
 * @param work is to end soon after its signal was aborted
 */
export async function withLateProgress<Value>(
  title: string,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const running = work(controller.signal);
  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, async (_progress, token) => {
      token.onCancellationRequested(() => controller.abort());
      await running.catch(() => undefined);
    });
  }, patienceMs);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}
