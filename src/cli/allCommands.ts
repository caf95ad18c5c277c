/* The part of the program with every command (dist/allCommands.cjs). */
import { checkpointCreate, checkpointList, checkpointRestore, checkpointUndo } from './checkpoint.ts';
import {
  checkpointDelete,
  checkpointDiff,
  checkpointPin,
  checkpointPrune,
  checkpointRename,
  checkpointShow,
  checkpointUnpin,
} from './checkpointManage.ts';
import { checkpointMode } from './checkpointMode.ts';
import { checkpointSquash } from './checkpointSquash.ts';
import { checkpointVerify } from './checkpointVerify.ts';
import type { Command } from './command.ts';
import { doctorCommand } from './doctor.ts';
import { estimateCommand } from './estimate.ts';
import { hook } from './hook.ts';
import { install, uninstall } from './install.ts';
import { recoverCommand } from './recover.ts';
import { planNew, planShow } from './plan.ts';
import { planDone, planNext } from './planRun.ts';
import { runProgram } from './program.ts';
import { statusCommand } from './status.ts';
import { statuslineCommand } from './statusline.ts';
import { streamJsonCommand } from './streamJson.ts';
import { usageCommand } from './usage.ts';

const commands: readonly Command[] = [
  statusCommand,
  usageCommand,
  estimateCommand,
  checkpointCreate,
  checkpointList,
  checkpointShow,
  checkpointDiff,
  checkpointRestore,
  checkpointUndo,
  checkpointVerify,
  checkpointPin,
  checkpointUnpin,
  checkpointRename,
  checkpointDelete,
  checkpointPrune,
  checkpointSquash,
  checkpointMode,
  planShow,
  planNew,
  planNext,
  planDone,
  recoverCommand,
  install,
  uninstall,
  hook,
  statuslineCommand,
  streamJsonCommand,
  doctorCommand,
];

export function runAny(argv: readonly string[]): void {
  runProgram(commands, argv);
}
