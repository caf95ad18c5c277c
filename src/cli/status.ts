import { gaugeLines } from '../budget/gaugeText.ts';
import type { GaugeLevel, GaugeState, Pace } from '../protocol/gauge.ts';
import { errorCode } from '../store/errno.ts';
import { UsageError, type Command } from './command.ts';
import { readGauge } from './readGauge.ts';
import { interruptionJson, interruptionText, newestInterruption } from './recover.ts';

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
  async run(context, _values, positionals) {
    if (positionals.length > 0) throw new UsageError(`unexpected argument: ${positionals[0]}`);
    const at = context.now();
    const { gauge } = await readGauge(context, at);
    const interruption = await newestInterruption(context).catch((error: unknown) => {
      // What is left is known all the same where nothing can be written.
      if (errorCode(error) === null) throw error;
      return null;
    });
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
      reserveLearned: window.reserveLearned === true,
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
