import { realpathSync } from 'node:fs';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { fitOf } from '../budget/estimate/history.ts';
import { gaugeState } from '../budget/gauge.ts';
import { learnedReserves, noReserves, windowKey } from '../budget/learnedReserves.ts';
import type { Budgets } from '../protocol/budgets.ts';
import type { GaugeState } from '../protocol/gauge.ts';
import { readLimits } from '../store/limitsFile.ts';
import { readPreferences } from '../store/preferences.ts';
import { Prices } from '../usage/prices.ts';
import { publishScan } from '../meter/limitsPublisher.ts';
import { readUsage } from '../usage/readUsage.ts';
import type { CommandContext } from './command.ts';
import { readingProgress } from './readingProgress.ts';

/** The longest window a vendor limits is a week; a session lives a day. Older transcripts cannot say anything about now. */
const longestWindow = 7 * 24 * 60 * 60_000;

/** Reads what the agents have used lately, and what that leaves. */
export async function readGauge(
  { surroundings, stateFolder, repoDir }: CommandContext,
  now: number,
): Promise<{ readonly gauge: GaugeState; readonly budgets: Budgets }> {
  const { reservePercent, reserveMode, budgets, prices } = await readPreferences(stateFolder);
  const options = {
    sources: transcriptSources,
    surroundings,
    stateFolder,
    sinceMs: now - longestWindow,
    prices: new Prices(prices),
    fitTurns: fitOf,
    now: () => now,
  };
  const scan = await readingProgress((shown) => readUsage(options, shown));
  const usage = scan.snapshot();
  await publishScan(stateFolder, scan, usage, now);
  const limits = reserveMode === 'learned' ? ((await readLimits(stateFolder))?.windows ?? []) : [];
  const learned = limits.length === 0 ? noReserves : learnedReserves(limits, stateFolder, repoDir, now);
  return {
    gauge: gaugeState({
      usage,
      folders: [realPath(repoDir)],
      now,
      reservePercent,
      learnedReserve: ({ agent, account, id }) => learned.get(windowKey(agent, account, id)) ?? null,
      budgets,
    }),
    budgets,
  };
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
