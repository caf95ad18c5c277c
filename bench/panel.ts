import { fileURLToPath } from 'node:url';
import { runProgram } from '../scripts/host/runProgram.ts';
import { tsxLoader } from '../scripts/host/tsxLoader.ts';

const program = fileURLToPath(new URL('ui/panel.ts', import.meta.url));

/** In a process of its own: it is about pages, and typed as they are. */
export async function panelBench(rounds: number): Promise<void> {
  console.log(await runProgram(process.execPath, ['--import', tsxLoader, program, String(rounds)]));
}
