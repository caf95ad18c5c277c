import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { teedCommand } from '../src/agents/claude/statuslineSettings.ts';
import { statuslineLauncherFile, writeStatuslineLauncher } from '../src/install/statuslineLauncher.ts';
import { median, percentile, printTable } from './figures.ts';
import { runTimed } from './timedProcess.ts';

const rounds = 20;
const warmUpRounds = 2;
const input = JSON.stringify({ session_id: 's', cwd: '/home/dev/app', padding: 'x'.repeat(1100) });

/** What the tee adds to a person's own statusline: each command bare and teed, in turn. */
export async function statuslineBench(): Promise<void> {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-bench-statusline-')));
  guardFolder(outer);
  try {
    await writeStatuslineLauncher(outer);
    const launcher = statuslineLauncherFile(outer);
    const commands = { cat: 'cat', 'read and cut, a pipeline': "tr ',' '\\n' | grep cwd | cut -c 1-60" };
    const rows: string[][] = [];
    for (const [name, own] of Object.entries(commands)) {
      const forms = { bare: own, teed: teedCommand({ launcher, command: own }) };
      const times: Record<keyof typeof forms, number[]> = { bare: [], teed: [] };
      const outputs = new Set<string>();
      for (let round = -warmUpRounds; round < rounds; round += 1) {
        for (const form of round % 2 === 0 ? (['bare', 'teed'] as const) : (['teed', 'bare'] as const)) {
          const args = ['-c', forms[form]];
          const { ms, stdout } = await runTimed({
            program: '/bin/sh',
            args,
            cwd: outer,
            env: process.env,
            stdin: input,
          });
          outputs.add(stdout);
          if (round >= 0) times[form].push(ms);
        }
      }
      if (outputs.size !== 1) throw new Error(`The tee changed what "${name}" printed.`);
      const [bare, teed] = [median(times.bare), median(times.teed)];
      rows.push([
        name,
        ms(bare),
        ms(teed),
        ms(teed - bare),
        ms(percentile(times.bare, 0.95)),
        ms(percentile(times.teed, 0.95)),
      ]);
    }
    printTable(['statusline command', 'bare', 'teed', 'added', 'bare p95', 'teed p95'], rows);
  } finally {
    await removeFolder(outer);
  }
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
