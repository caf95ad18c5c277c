import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Log } from './log.ts';

export interface Settings {
  /** 0-50 */
  readonly reservePercent: number;
  /** null: no budget of the user's own */
  readonly sessionBudgetTokens: number | null;
  /** untracked files above this are not captured */
  readonly maxFileBytes: number;
  /** whether the editor saves states that nobody asked it to save */
  readonly ambientCheckpoints: boolean;
  /** at least 5 */
  readonly ambientQuietSeconds: number;
  /** empty: Claude Code's own default */
  readonly claudeConfigDirectory: string;
}

const reserve = v.pipe(v.number(), v.minValue(0), v.maxValue(50));
const budget = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)));
const megabytes = v.pipe(v.number(), v.minValue(1));
const quietSeconds = v.pipe(v.number(), v.minValue(5));

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
  return {
    reservePercent: read('reserve.percent', reserve, 20),
    sessionBudgetTokens: read('budget.tokensPerSession', budget, null),
    maxFileBytes: read('checkpoints.maxFileMegabytes', megabytes, 20) * 1_000_000,
    ambientCheckpoints: read('checkpoints.ambient.enabled', v.boolean(), true),
    ambientQuietSeconds: read('checkpoints.ambient.quietSeconds', quietSeconds, 30),
    claudeConfigDirectory: read('claude.configDirectory', v.string(), '') || claudeExtensionConfigDirectory(),
  };
}

function claudeExtensionConfigDirectory(): string {
  const variables = vscode.workspace.getConfiguration('claudeCode').get<unknown>('environmentVariables');
  const parsed = v.safeParse(claudeVariables, variables ?? []);
  return parsed.success ? (parsed.output.find(({ name }) => name === 'CLAUDE_CONFIG_DIR')?.value ?? '') : '';
}
