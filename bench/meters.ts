import type { Competitor } from './ccusage.ts';

/** What every meter says of a day or of all; ccusage does not tell the two lifetimes of cache writes apart, nor count responses. */
export interface MeterSums {
  readonly responses: number | null;
  readonly input: number;
  readonly output: number;
  readonly cacheWrite5m: number | null;
  readonly cacheWrite1h: number | null;
  readonly cacheWrite: number;
  readonly cacheRead: number;
  readonly costUsd: number | null;
}

export interface MeterReport {
  readonly totals: MeterSums;
  readonly byDay: Readonly<Record<string, MeterSums>>;
}

/** A program that sums up transcripts by day. */
export interface Meter {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  read(stdout: string): MeterReport;
}

interface OwnSums {
  readonly responses: number;
  readonly input: number;
  readonly output: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
  readonly costUsd: number | null;
}

/** This project's command line program, whose bundle is at `cliPath`. Without a time zone, days are the machine's. */
export function ownMeter(cliPath: string, timeZone: string | null): Meter {
  return {
    name: 'soft-landing',
    program: process.execPath,
    args: [cliPath, 'usage', '--json', ...inZone(timeZone)],
    read(stdout) {
      const { totals, groups } = JSON.parse(stdout) as { totals: OwnSums; groups: Record<string, OwnSums> };
      return { totals: fromOwn(totals), byDay: mapped(groups, fromOwn) };
    },
  };
}

/** The same sums of our own kind, for what a truth says. */
export function fromOwn(sums: OwnSums): MeterSums {
  return { ...sums, cacheWrite: sums.cacheWrite5m + sums.cacheWrite1h };
}

interface CcusageSums {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheCreationTokens: number;
  readonly cacheReadTokens: number;
  readonly totalCost: number;
}
interface CcusageDay extends CcusageSums {
  /** from version 20 */
  readonly period?: string;
  readonly date?: string;
}

export function ccusageMeter({ name, program, args }: Competitor, timeZone: string | null): Meter {
  return {
    name,
    program,
    args: [...args, 'daily', '--json', '--offline', ...inZone(timeZone)],
    read(stdout) {
      // Version 20 prints an empty list alone where there is nothing.
      const report = JSON.parse(stdout) as { totals?: CcusageSums | null; daily?: readonly CcusageDay[] };
      const days = (report.daily ?? []).map((day) => [day.period ?? day.date ?? '', day] as const);
      return {
        totals: fromCcusage(report.totals ?? noCcusage),
        byDay: mapped(Object.fromEntries(days), fromCcusage),
      };
    },
  };
}

const noCcusage = { inputTokens: 0, outputTokens: 0, cacheCreationTokens: 0, cacheReadTokens: 0, totalCost: 0 };

function fromCcusage(sums: CcusageSums): MeterSums {
  return {
    responses: null,
    input: sums.inputTokens,
    output: sums.outputTokens,
    cacheWrite5m: null,
    cacheWrite1h: null,
    cacheWrite: sums.cacheCreationTokens,
    cacheRead: sums.cacheReadTokens,
    costUsd: sums.totalCost,
  };
}

function inZone(timeZone: string | null): readonly string[] {
  return timeZone === null ? [] : ['--timezone', timeZone];
}

function mapped<From, To>(all: Readonly<Record<string, From>>, change: (one: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, change(value)]));
}

/** Environment in which every meter finds the transcripts of `folders` (each with a `projects`) and nothing else. */
export function meterEnvironment(
  plain: NodeJS.ProcessEnv,
  folders: readonly string[],
  stateFolder: string,
): NodeJS.ProcessEnv {
  return { ...plain, CLAUDE_CONFIG_DIR: folders.join(','), SOFT_LANDING_HOME: stateFolder, LOG_LEVEL: '0' };
}
