import * as vscode from 'vscode';
import type { CommandHandlers } from './commandHandlers.ts';
import { commandIds, type CommandName } from './commandIds.ts';
import type { Log } from './log.ts';
import { tellError } from './unwaited.ts';

/** Every command of the manifest; what they throw is caught here, once, logged and told. */
export function registerCommands(handlers: () => Promise<CommandHandlers>, log: Log): vscode.Disposable {
  const guarded =
    (name: CommandName) =>
    async (...args: readonly unknown[]) => {
      try {
        return await (await handlers())[name](...args);
      } catch (error) {
        tellError(error, `[command] failed id=${commandIds[name]}`, log);
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
