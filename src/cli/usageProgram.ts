/* The part of the program with `usage` alone (dist/usageProgram.cjs): a third of the code to load. */
import { runProgram } from './program.ts';
import { usageCommand } from './usage.ts';

export function runUsage(argv: readonly string[]): void {
  runProgram([usageCommand], argv);
}
