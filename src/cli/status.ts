import { realpathSync } from 'node:fs';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { defaultReservePercent, gaugeState } from '../budget/gauge.ts';
import { gaugeLines } from '../budget/gaugeText.ts';
import type { GaugeLevel, GaugeState } from '../protocol/gauge.ts';
import { UsageScan } from '../usage/scan.ts';
import { UsageError, type Command } from './command.ts';

/** The longest window a vendor limits is a week; a session lives a day. Older transcripts cannot say anything about now. */
const longestWindow = 7 * 24 * 60 * 60_000;

const levelWords: Record<GaugeLevel, string> = {
  ok: 'There is room above the reserve.',
  caution: 'The reserve is near: finish what is begun before starting anything large.',
  landing: 'Inside the reserve: bring the work to a good end.',
  exhausted: 'Nothing is left until the window resets.',
  unknown: 'How much is left is not known.',
};

/** `soft-landing status`: what is left of each window, as far as it is known. */
export const statusCommand: Command = {
  name: 'status',
  usage: 'status',
  summary: 'What is left of each usage window, and how that is known',
  options: {},
  async run({ surroundings, repoDir, now }, _values, positionals) {
    if (positionals.length > 0) throw new UsageError(`unexpected argument: ${positionals[0]}`);
    const at = now();
    const scan = new UsageScan({ sources: transcriptSources, surroundings, sinceMs: at - longestWindow });
    await scan.sweep();
    const gauge = gaugeState({
      usage: scan.snapshot(),
      folders: [realPath(repoDir)],
      now: at,
      reservePercent: defaultReservePercent,
      sessionBudgetTokens: null,
    });
    return { json: statusJson(gauge, at), text: statusText(gauge, at) };
  },
};

/** The `status` document of the CLI contract; times are ISO 8601 instants. What is not known yet is null. */
function statusJson({ level, windows }: GaugeState, now: number) {
  return {
    level,
    windows: windows.map((window) => ({
      id: window.id,
      agent: window.agent,
      account: null,
      usedPercent: window.usedPercent,
      resetsAt: window.resetsAt === null ? null : new Date(window.resetsAt).toISOString(),
      reservePercent: window.reservePercent,
      headroomPercent: window.headroomPercent,
      source: window.source,
      confidence: window.confidence,
      ageSeconds: Math.max(0, Math.round((now - window.capturedAt) / 1000)),
      pace: null,
    })),
    interruption: null,
  };
}

/** The same for people. */
function statusText(gauge: GaugeState, now: number): string {
  const lines = gaugeLines(gauge, now);
  const width = Math.max(...lines.map(({ label }) => label.length));
  return [levelWords[gauge.level], '', ...lines.map(({ label, text }) => `${label.padEnd(width)}  ${text}`)].join('\n');
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
