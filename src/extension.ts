import * as vscode from 'vscode';
import { CheckpointFiles } from './vscode/checkpoints/checkpointFiles.ts';
import { commandIds, panelViewId } from './vscode/commandIds.ts';
import { registerCommands } from './vscode/commands.ts';
import type { EditorSide } from './vscode/editorSide.ts';
import { createLog } from './vscode/log.ts';
import { registerMcpServers } from './vscode/mcpServers.ts';
import { logged } from './vscode/unwaited.ts';

/** What the editor waits for before it ends the process, and with it whatever thread is still at work. */
let end: (() => Promise<void> | undefined) | undefined;

/**
 * Registers what the editor may ask for at once. Everything behind that is built in the next turn of the loop, from a bundle of its own
 * (`editorSide.cjs`): the editor, and the extensions after us, wait for activation and not for it. Whoever asks sooner waits a moment.
 */
export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  let side: EditorSide | undefined;
  let isOver = false;
  const editor = new Promise((resolve) => setImmediate(resolve))
    .then(() => import('./vscode/editorSide.ts'))
    .then(({ editorSide }) => {
      side = editorSide(context, log);
      // Turned off within that one turn.
      if (isOver) side.dispose();
      return side;
    });
  logged(editor, '[start] failed', log);
  end = () => side?.end();
  context.subscriptions.push(
    log,
    {
      dispose: () => {
        isOver = true;
        side?.dispose();
      },
    },
    registerCommands(async () => (await editor).handlers, log),
    new CheckpointFiles(async (uri) => (await editor).readCheckpointFile(uri)).register(),
    registerMcpServers(async () => (await editor).mcpServers()),
    vscode.window.registerWebviewViewProvider(panelViewId, {
      resolveWebviewView: async (view) => (await editor).panel.resolveWebviewView(view),
    }),
  );
  // For `npm start`: somebody who tries the extension wants to see it.
  if (process.env['SOFT_LANDING_OPEN_PANEL'] === '1') void vscode.commands.executeCommand(commandIds.openPanel);
}

/** Called by the editor before it disposes of us; it waits some seconds. */
export async function deactivate(): Promise<void> {
  await end?.();
}
