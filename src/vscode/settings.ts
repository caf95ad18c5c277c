import * as v from 'valibot';
import * as vscode from 'vscode';
import type { GaugeStyle } from '../budget/gaugeText.ts';
import { checkedBudgets, type Budgets } from '../protocol/budgets.ts';
import { checkedPrices, type PriceOverrides } from '../protocol/modelPrice.ts';
import {
  defaultPreferences,
  defaultReservePercent,
  landingSchema,
  planFileSchema,
  reserveSchema,
  type LandingMode,
  decisionSchema,
  reserveModeSchema,
  type Preferences,
} from '../store/preferences.ts';
import type { Log } from './log.ts';

export interface Settings {
  /** how the status bar shows the tightest window */
  readonly statusBar: GaugeStyle;
  /** 0-50 */
  readonly reservePercent: number;
  /** what agents are told inside the reserve */
  readonly landing: LandingMode;
  readonly budgets: Budgets;
  readonly prices: PriceOverrides;
  /** untracked files above this are not captured */
  readonly maxFileBytes: number;
  /** whether the editor saves states that nobody asked it to save */
  readonly ambientCheckpoints: boolean;
  /** at least 5 */
  readonly ambientQuietSeconds: number;
  /** empty: Claude Code's own default */
  readonly claudeConfigDirectory: string;
}

const gaugeStyle = v.picklist(['used', 'left', 'icon']);
const megabytes = v.pipe(v.number(), v.minValue(1));
/** Each part by itself: a wrong number of seconds must not turn on what was turned off. */
const ambientSchema = v.object({
  enabled: v.fallback(v.boolean(), true),
  quietSeconds: v.fallback(v.pipe(v.number(), v.minValue(5)), 30),
});

/** Claude Code's own extension keeps environment variables in a setting; CLAUDE_CONFIG_DIR among them moves its files. */
const claudeVariables = v.array(v.looseObject({ name: v.string(), value: v.string() }));

/** Reads the settings. A value of the wrong type or range (settings.json is edited by hand) becomes the default, and is logged. */
export function readSettings(log: Log): Settings {
  const configuration = vscode.workspace.getConfiguration('softLanding');
  const read = <Value>(key: string, schema: v.GenericSchema<unknown, Value>, fallback: Value): Value => {
    const parsed = v.safeParse(schema, configuration.get<unknown>(key));
    if (parsed.success) return parsed.output;
    log.warn(`[settings] ignored key=softLanding.${key} problem="${parsed.issues[0].message}"`);
    return fallback;
  };
  const logged = <Checked extends { readonly ignored: readonly string[] }>(checked: Checked): Checked => {
    for (const problem of checked.ignored) log.warn(`[settings] ignored key=softLanding problem="${problem}"`);
    return checked;
  };
  const ambient = read('checkpoints.ambient', ambientSchema, { enabled: true, quietSeconds: 30 });
  return {
    statusBar: read('statusBar', gaugeStyle, 'used'),
    reservePercent: read('reserve.percent', reserveSchema, defaultReservePercent),
    landing: read('landing', landingSchema, defaultPreferences.landing),
    budgets: logged(checkedBudgets(configuration.get('budgets'))).budgets,
    prices: logged(checkedPrices(configuration.get('prices'))).prices,
    maxFileBytes: read('checkpoints.maxFileMegabytes', megabytes, 20) * 1_000_000,
    ambientCheckpoints: ambient.enabled,
    ambientQuietSeconds: ambient.quietSeconds,
    claudeConfigDirectory: read('claude.configDirectory', v.string(), '') || claudeExtensionConfigDirectory(),
  };
}

/** What the programs without an editor go by: the user's own values alone (store/preferences.ts). */
export function userPreferences(): Preferences {
  const configuration = vscode.workspace.getConfiguration('softLanding');
  const user = (key: string): unknown => configuration.inspect(key)?.globalValue;
  return {
    reservePercent: v.parse(v.fallback(reserveSchema, defaultReservePercent), user('reserve.percent')),
    landing: v.parse(v.fallback(landingSchema, defaultPreferences.landing), user('landing')),
    reserveMode: v.parse(v.fallback(reserveModeSchema, defaultPreferences.reserveMode), user('reserve.mode')),
    decision: v.parse(v.fallback(decisionSchema, defaultPreferences.decision), user('decision')),
    budgets: checkedBudgets(user('budgets')).budgets,
    prices: checkedPrices(user('prices')).prices,
    handOverAtSessionStart: recoverySettings().tellNewSessions,
    planFile: planFileSetting(),
  };
}

/** Where plans are: the user's own value, since the hook and the command line have to find them too. */
export function planFileSetting(): string {
  const set = vscode.workspace.getConfiguration('softLanding').inspect<unknown>('plan.file')?.globalValue;
  return v.parse(v.fallback(planFileSchema, defaultPreferences.planFile), set);
}

const flag = v.optional(v.fallback(v.optional(v.boolean()), undefined));
const recoverySchema = v.fallback(v.object({ tellNewSessions: flag, runCommand: flag }), {});

export interface RecoverySettings {
  /** whether a new session is told of one that was cut off in its folder */
  readonly tellNewSessions: boolean;
  /** whether the command that resumes a session runs without asking when its time has come */
  readonly runCommand: boolean;
}

/** The user's own values alone: a workspace must not make the editor run anything. Their former keys are understood. */
export function recoverySettings(): RecoverySettings {
  const configuration = vscode.workspace.getConfiguration('softLanding');
  const own = v.parse(recoverySchema, configuration.inspect<unknown>('recovery')?.globalValue);
  const former = (key: string): boolean | undefined => v.parse(flag, configuration.inspect(key)?.globalValue);
  return {
    tellNewSessions: own.tellNewSessions ?? former('handOver.atSessionStart') ?? true,
    runCommand: own.runCommand ?? former('goOn.runCommand') ?? false,
  };
}

function claudeExtensionConfigDirectory(): string {
  const variables = vscode.workspace.getConfiguration('claudeCode').get<unknown>('environmentVariables');
  const parsed = v.safeParse(claudeVariables, variables ?? []);
  return parsed.success ? (parsed.output.find(({ name }) => name === 'CLAUDE_CONFIG_DIR')?.value ?? '') : '';
}
