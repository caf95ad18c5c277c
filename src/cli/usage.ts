import { transcriptSources } from '../agents/transcriptSources.ts';
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { priceOverridesSchema, type PriceOverrides } from '../protocol/modelPrice.ts';
import { publishScan } from '../meter/limitsPublisher.ts';
import { fitOf } from '../budget/estimate/history.ts';
import { readPreferences } from '../store/preferences.ts';
import { Prices } from '../usage/prices.ts';
import { groupings, usageReport, type Grouping, type UsageQuery, type UsageReport } from '../usage/report.ts';
import { readUsage } from '../usage/readUsage.ts';
import type { UsageScan } from '../usage/scan.ts';
import { readingProgress } from './readingProgress.ts';
import { UsageError, type Command, type OptionValues } from './command.ts';
import { usageTable } from './usageTable.ts';

/** What is published of limits is of the windows of now; a week is the longest that a vendor or a budget has. */
const longestWindow = 8 * 24 * 60 * 60_000;

/** `soft-landing usage`: what the agents' transcripts say was used. */
export const usageCommand: Command = {
  name: 'usage',
  usage:
    'usage [--by day|model|session|project|agent] [--since D] [--until D] [--agent A] [--timezone Z] [--prices FILE]',
  summary: 'Tokens used, each response of the model counted once',
  options: {
    by: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    agent: { type: 'string' },
    timezone: { type: 'string' },
    prices: { type: 'string' },
  },
  async run(context, values, positionals) {
    if (positionals.length > 0) throw new UsageError(`unexpected argument: ${positionals[0]}`);
    const query = {
      by: grouping(values),
      since: day(values, 'since'),
      until: day(values, 'until'),
      agent: agentName(values),
      timeZone: text(values, 'timezone') ?? undefined,
    };
    if (query.since !== null && query.until !== null && query.since > query.until)
      throw new UsageError('--since is after --until: no day is between them');
    const prices = pricesFrom(text(values, 'prices'), (await readPreferences(context.stateFolder)).prices);
    const { surroundings, stateFolder, now } = context;
    const options = {
      sources: transcriptSources,
      surroundings,
      stateFolder,
      sinceMs: null,
      shownSinceMs: now() - longestWindow,
      prices,
      fitTurns: fitOf,
      now,
    };
    const scan = await readingProgress((shown) => readUsage(options, shown));
    const report = reportOf(scan, query, prices);
    const scanned = scan.counts();
    await publishScan(stateFolder, scan, scan.snapshot(), now());
    return {
      json: { totals: report.totals, groups: Object.fromEntries(report.groups), scanned },
      // The table is made for who reads it: with --json nobody does.
      get text() {
        return usageTable(report, query, scanned, scan.unread());
      },
    };
  },
};

function reportOf(scan: UsageScan, query: UsageQuery, prices: Prices): UsageReport {
  try {
    return usageReport(scan.ledger.passing(), query, prices);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`unknown time zone: ${query.timeZone}`);
    throw error;
  }
}

/** The bundled prices, before them those of the user's settings, and before these those of the user's file (modelPrice.ts). */
function pricesFrom(file: string | null, preferred: PriceOverrides): Prices {
  if (file === null) return new Prices(preferred);
  if (!existsSync(file)) throw new UsageError(`--prices: there is no file ${file}`);
  try {
    return new Prices({ ...preferred, ...v.parse(priceOverridesSchema, JSON.parse(readFileSync(file, 'utf8'))) });
  } catch (error) {
    throw new UsageError(`--prices ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function grouping(values: OptionValues): Grouping {
  const wanted = text(values, 'by') ?? 'day';
  const found = groupings.find((candidate) => candidate === wanted);
  if (found === undefined) throw new UsageError(`--by takes one of ${groupings.join(', ')}, not: ${wanted}`);
  return found;
}

function agentName(values: OptionValues): string | null {
  const wanted = text(values, 'agent');
  const names = transcriptSources.map(({ agent }) => agent);
  if (wanted !== null && !names.includes(wanted)) {
    throw new UsageError(`--agent takes one of ${names.join(', ')}, not: ${wanted}`);
  }
  return wanted;
}

/** A day as people and scripts write it, `2026-11-23` or `20261123`. */
function day(values: OptionValues, option: string): string | null {
  const wanted = text(values, option);
  if (wanted === null) return null;
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(wanted);
  const name = parts === null ? '' : parts.slice(1).join('-');
  // Date.parse accepts 30 February and rolls over; the day it gives back then differs.
  const at = Date.parse(name);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== name) {
    throw new UsageError(`--${option} takes a day such as 2026-11-23, not: ${wanted}`);
  }
  return name;
}

function text(values: OptionValues, option: string): string | null {
  const value = values[option];
  return typeof value === 'string' ? value : null;
}
