import * as vscode from 'vscode';
import { errorText } from '../store/errno.ts';
import type { CommandHandlers } from './commandHandlers.ts';
import { commandIds, type CommandName } from './commandIds.ts';
import type { Log } from './log.ts';

/** Every command of the manifest; what they throw is caught here, once, logged and told. */
export function registerCommands(handlers: () => Promise<CommandHandlers>, log: Log): vscode.Disposable {
  const guarded =
    (name: CommandName) =>
    async (...args: readonly unknown[]) => {
      try {
        return await (await handlers())[name](...args);
      } catch (error) {
        log.error(`[command] failed id=${commandIds[name]}`, error instanceof Error ? error : String(error));
        const show = vscode.l10n.t('Show Log');
        const sentence = vscode.l10n.t('Soft Landing could not finish this: {0}', errorText(error));
        void vscode.window.showErrorMessage(sentence, show).then((answer) => {
          if (answer === show) log.show(true);
        });
        return undefined;
      }
    };
  const names = Object.keys(commandIds).filter(isName);
  return vscode.Disposable.from(
    ...names.map((name) => vscode.commands.registerCommand(commandIds[name], guarded(name))),
  );
}

function isName(name: string): name is CommandName {
  return name in commandIds;
}
