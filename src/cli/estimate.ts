import path from 'node:path';
import { namedFiles, promptFeatures } from '../agents/promptFeatures.ts';
import { transcriptSources } from '../agents/transcriptSources.ts';
import type { Verdict } from '../budget/decision.ts';
import { fitOf } from '../budget/estimate/history.ts';
import type { Range } from '../budget/estimate/thumb.ts';
import { estimateFromState, type TaskAnswer, usualModel } from '../budget/taskEstimate.ts';
import { basisText, tokenCount, verdictText } from '../budget/verdictText.ts';
import { publishScan } from '../meter/limitsPublisher.ts';
import { plural } from '../protocol/plural.ts';
import { readLimits } from '../store/limitsFile.ts';
import { readPreferences } from '../store/preferences.ts';
import { Prices } from '../usage/prices.ts';
import { readUsage } from '../usage/readUsage.ts';
import { newestTranscripts } from '../usage/tokens/newestTranscripts.ts';
import { WorkerTokenCounter } from '../usage/tokens/tokenCounter.ts';
import type { CountedFiles } from '../usage/tokens/tokenizerMessages.ts';
import { colors } from './colors.ts';
import { UsageError, type Command } from './command.ts';
import { readingProgress } from './readingProgress.ts';
import { table } from './table.ts';

const mostFiles = 100;

/** `soft-landing estimate`: what a task is going to take, what that rests on, and whether there is room. */
export const estimateCommand: Command = {
  name: 'estimate',
  usage: 'estimate TEXT [--file F]...',
  summary: 'What a task will likely take, from your own past tasks, and whether there is room for it',
  options: { file: { type: 'string', multiple: true } },
  async run({ surroundings, stateFolder, repoDir, programDir, now }, values, positionals) {
    const [text, ...rest] = positionals;
    if (text === undefined || text.trim() === '' || rest.length > 0) {
      throw new UsageError('exactly one text is needed; put it in quotes');
    }
    const given = values['file'];
    const named = [...(Array.isArray(given) ? given.map(String) : []), ...namedFiles(text)];
    const files = [...new Set(named.map((file) => path.resolve(repoDir, file)))].slice(0, mostFiles);
    const preferences = await readPreferences(stateFolder);
    const prices = new Prices(preferences.prices);
    const options = {
      sources: transcriptSources,
      surroundings,
      stateFolder,
      sinceMs: null,
      prices,
      fitTurns: fitOf,
      now,
    };
    const scan = await readingProgress((shown) => readUsage(options, shown));
    await publishScan(stateFolder, scan, scan.snapshot(), now());
    const limits = (await readLimits(stateFolder))?.windows ?? [];
    const counted = await new WorkerTokenCounter(programDir).count({
      files,
      transcripts: await newestTranscripts(surroundings),
      model: usualModel(stateFolder, repoDir),
    });
    const features = promptFeatures(text);
    const seen = files.length - counted.missing.length;
    const answer = estimateFromState(
      {
        features: { ...features, files: Math.max(features.files, seen) },
        cwd: repoDir,
        asking: { agent: null, sessionId: null, transcriptPath: null },
        files: seen === 0 ? null : counted,
        isBegun: false,
      },
      { stateFolder, limits, preferences, now: now(), effort: 'full' },
    );
    const told = { count: seen, tokens: counted.tokens, approximate: counted.isApproximate, missing: counted.missing };
    return {
      json: { ...estimateJson(answer), files: told },
      text: estimateText(answer, seen === 0 ? null : counted, seen, now()),
    };
  },
};

/** The `estimate` document of the CLI contract. */
function estimateJson({ estimate, verdict }: TaskAnswer) {
  const { decision, reasons, tightest, chunks } = verdict;
  return {
    tokens: rounded(estimate.tokens, 0),
    percent: tightest?.need ? { window: tightest.window.window, ...rounded(tightest.need, 1) } : null,
    basis: basisText(estimate),
    comparableTasks: estimate.comparableTasks,
    decision,
    reasons,
    chunks,
  };
}

function rounded({ low, likely, high }: Range, digits: number): Range {
  const round = (value: number) => Number(value.toFixed(digits));
  return { low: round(low), likely: round(likely), high: round(high) };
}

/** The same for people. */
function estimateText(
  { estimate, verdict }: TaskAnswer,
  counted: CountedFiles | null,
  seen: number,
  now: number,
): string {
  const { low, likely, high } = estimate.tokens;
  const rows = [['new tokens', tokenCount(low), tokenCount(likely), tokenCount(high)]];
  const { tightest } = verdict;
  if (tightest?.need) {
    const percent = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
    rows.push([
      `of the ${tightest.window.label}`,
      ...[tightest.need.low, tightest.need.likely, tightest.need.high].map(percent),
    ]);
  }
  return [
    coloured(verdict)(verdictText(verdict, estimate, now)),
    '',
    table(['', 'LOW', 'LIKELY', 'HIGH (4 of 5 stay below)'], rows),
    '',
    `Rests on ${basisText(estimate)}.`,
    ...(counted === null
      ? []
      : [`${plural(seen, 'file')} with ${counted.isApproximate ? 'about ' : ''}${tokenCount(counted.tokens)} tokens.`]),
    ...(counted?.missing ?? []).map((file) => colors.dim(`Not read: ${file}`)),
  ].join('\n');
}

function coloured({ decision }: Verdict): (text: string) => string {
  if (decision === 'split') return colors.red;
  return decision === 'tight' ? colors.yellow : (text) => text;
}
