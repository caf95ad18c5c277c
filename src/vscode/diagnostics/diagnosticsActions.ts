import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { LauncherTarget } from '../../install/launcher.ts';
import { errorText } from '../../store/errno.ts';
import { withLateProgress } from '../checkpoints/lateProgress.ts';
import type { Log } from '../log.ts';
import { editorSurroundings } from '../surroundings.ts';
import type { Settings } from '../settings.ts';
import { diagnosticsText, type Diagnostics } from './diagnosticsText.ts';

const { t } = vscode.l10n;
const run = promisify(execFile);

const finding = v.object({
  area: v.string(),
  level: v.string(),
  title: v.string(),
  detail: v.string(),
  fix: v.nullable(v.string()),
});
const doctorSchema = v.object({ findings: v.array(finding) });
const manifestSchema = v.object({
  version: v.string(),
  contributes: v.object({ configuration: v.object({ properties: v.record(v.string(), v.unknown()) }) }),
});

/** Diagnostics for a bug report: shown in an editor first, copied only then, and sent nowhere. */
export class DiagnosticsActions {
  readonly #manifest: unknown;
  readonly #launcher: Promise<LauncherTarget>;
  readonly #settings: () => Settings;
  readonly #log: Log;

  constructor(manifest: unknown, launcher: Promise<LauncherTarget>, settings: () => Settings, log: Log) {
    this.#manifest = manifest;
    this.#launcher = launcher;
    this.#settings = settings;
    this.#log = log;
  }

  /** Answers what was copied; nothing if the person did not want to. */
  async copy(): Promise<string | undefined> {
    const diagnostics = await withLateProgress(t('Looking at what is installed and working…'), (signal) =>
      this.#collect(signal),
    );
    const document = await vscode.workspace.openTextDocument({
      language: 'markdown',
      content: diagnosticsText(diagnostics, os.homedir()),
    });
    await vscode.window.showTextDocument(document, { preview: true });
    const copy = t('Copy');
    const answer = await vscode.window.showInformationMessage(
      t('This is all that would be copied. You may change it before; nothing is sent anywhere.'),
      copy,
    );
    if (answer !== copy) return undefined;
    // What stands there now: the person may have taken something out.
    const text = document.getText();
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(t('Diagnostics copied'), 4000);
    return text;
  }

  async #collect(signal: AbortSignal): Promise<Diagnostics> {
    const manifest = v.safeParse(manifestSchema, this.#manifest);
    const keys = manifest.success ? Object.keys(manifest.output.contributes.configuration.properties) : [];
    const facts = {
      at: new Date().toISOString(),
      version: manifest.success ? manifest.output.version : 'unknown',
      surroundings: surroundingsFacts(),
      settings: changedSettings(keys),
    };
    try {
      return { ...facts, findings: await this.#askDoctor(signal), problem: null };
    } catch (error) {
      this.#log.warn(`[diagnostics] doctor failed problem="${errorText(error)}"`);
      return { ...facts, findings: null, problem: errorText(error) };
    }
  }

  /** In a process of its own: it reads all transcripts, which would hold up the extension host. */
  async #askDoctor(signal: AbortSignal): Promise<Diagnostics['findings']> {
    const { hook, runtimes, stateFolder } = await this.#launcher;
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    // Not git in a folder that is not trusted.
    const repo = vscode.workspace.isTrusted && folder?.uri.scheme === 'file' ? folder.uri.fsPath : os.homedir();
    const { stdout } = await run(
      runtimes[0] ?? process.execPath,
      [path.join(path.dirname(hook), 'cli.cjs'), 'doctor', '--json', '--repo', repo],
      {
        env: {
          ...editorSurroundings(this.#settings()).env,
          ELECTRON_RUN_AS_NODE: '1',
          SOFT_LANDING_HOME: stateFolder,
        },
        signal,
        timeout: 60_000,
        maxBuffer: 10_000_000,
      },
    );
    return v.parse(doctorSchema, JSON.parse(stdout)).findings;
  }
}

function surroundingsFacts(): Diagnostics['surroundings'] {
  const { appName, remoteName, uiKind, language } = vscode.env;
  return [
    ['Editor', `${appName} ${vscode.version}, ${uiKind === vscode.UIKind.Web ? 'web' : 'desktop'}`],
    ['Remote', (remoteName ?? 'none').replace(/[+:].*/, '')],
    ['Language', language],
    ['Platform', `${process.platform} ${process.arch}, ${os.release()}`],
    ['Node of the extension host', process.version],
    [
      'Workspace',
      `${vscode.workspace.workspaceFolders?.length ?? 0} folders, ${vscode.workspace.isTrusted ? 'trusted' : 'not trusted'}`,
    ],
  ];
}

/** Of commands, which can have credentials in them, only that there is one. */
const told = (key: string, value: unknown): unknown => (key.endsWith('command') ? '(set)' : value);

function changedSettings(keys: readonly string[]): Diagnostics['settings'] {
  const configuration = vscode.workspace.getConfiguration();
  return keys.flatMap((key): [string, unknown][] => {
    const found = configuration.inspect<unknown>(key);
    const set = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    return set === undefined ? [] : [[key, told(key, set)]];
  });
}
