import { realpathSync } from 'node:fs';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { gaugeState } from '../budget/gauge.ts';
import { gaugeLines } from '../budget/gaugeText.ts';
import { publishScan } from '../meter/limitsPublisher.ts';
import type { GaugeLevel, GaugeState, Pace } from '../protocol/gauge.ts';
import { errorCode } from '../store/errno.ts';
import { readPreferences } from '../store/preferences.ts';
import { Prices } from '../usage/prices.ts';
import { readUsage } from '../usage/readUsage.ts';
import { UsageError, type Command } from './command.ts';
import { readingProgress } from './readingProgress.ts';
import { interruptionJson, interruptionText, newestInterruption } from './recover.ts';

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
  async run({ surroundings, stateFolder, repoDir, now }, _values, positionals) {
    if (positionals.length > 0) throw new UsageError(`unexpected argument: ${positionals[0]}`);
    const at = now();
    const { reservePercent, budgets, prices } = await readPreferences(stateFolder);
    const options = {
      sources: transcriptSources,
      surroundings,
      stateFolder,
      sinceMs: at - longestWindow,
      prices: new Prices(prices),
      now,
    };
    const scan = await readingProgress((shown) => readUsage(options, shown));
    const usage = scan.snapshot();
    await publishScan(stateFolder, scan, usage, at);
    const gauge = gaugeState({
      usage,
      folders: [realPath(repoDir)],
      now: at,
      reservePercent,
      budgets,
      timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    const interruption = await newestInterruption({ surroundings, stateFolder, repoDir, now }).catch(
      // What is left is known all the same where nothing can be written.
      (error: unknown) => {
        if (errorCode(error) === null) throw error;
        return null;
      },
    );
    const notice = interruption === null ? '' : `\n\n${interruptionText(interruption, at)}`;
    return {
      json: { ...statusJson(gauge, at), interruption: interruption && interruptionJson(interruption) },
      text: `${statusText(gauge, at)}${notice}`,
    };
  },
};

/** The `status` document of the CLI contract; times are ISO 8601 instants. What is not known yet is null. */
function statusJson({ level, windows }: GaugeState, now: number) {
  return {
    level,
    windows: windows.map((window) => ({
      id: window.id,
      agent: window.agent,
      account: window.account,
      usedPercent: window.usedPercent,
      resetsAt: window.resetsAt === null ? null : instant(window.resetsAt),
      reservePercent: window.reservePercent,
      headroomPercent: window.headroomPercent,
      source: window.source,
      confidence: window.confidence,
      errorPercent: window.errorPercent,
      atLeast: window.atLeast === true,
      ageSeconds: Math.max(0, Math.round((now - window.capturedAt) / 1000)),
      pace: window.pace === null ? null : paceJson(window.pace),
    })),
  };
}

function paceJson({ percentPerHour, evenPercent, reserveAt, exhaustedAt }: Pace) {
  const instants = (range: Pace['reserveAt']) =>
    range === null
      ? null
      : { earliest: instant(range.earliest), latest: range.latest === null ? null : instant(range.latest) };
  return { percentPerHour, evenPercent, reserveAt: instants(reserveAt), exhaustedAt: instants(exhaustedAt) };
}

function instant(at: number): string {
  return new Date(at).toISOString();
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
