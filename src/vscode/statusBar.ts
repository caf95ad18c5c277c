import * as vscode from 'vscode';
import { translatedGauge } from '../budget/gaugeNames.ts';
import { gaugeText } from '../budget/gaugeText.ts';
import { gaugeTooltip, type GaugeTooltip } from '../budget/gaugeTooltip.ts';
import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import type { GaugeLevel } from '../protocol/gauge.ts';
import type { PanelSnapshot } from '../protocol/panel.ts';
import { commandIds } from './commandIds.ts';
import { editorLanguage } from './language.ts';
import type { Settings } from './settings.ts';

/** VS Code allows these two only, as a last resort: quiet until the reserve is reached. */
const backgrounds: Partial<Record<GaugeLevel, string>> = {
  landing: 'statusBarItem.warningBackground',
  exhausted: 'statusBarItem.errorBackground',
};
/** The level is a shape too, for who does not see the colour. */
const icons: Partial<Record<GaugeLevel, string>> = { landing: '$(warning)', exhausted: '$(circle-slash)' };

const links = {
  openPanel: vscode.l10n.t('Open Panel'),
  createCheckpoint: vscode.l10n.t('Create Checkpoint'),
  undoReset: vscode.l10n.t('Undo Last Reset'),
  showLog: vscode.l10n.t('Show Log'),
} satisfies Partial<Record<keyof typeof commandIds, string>>;
type Link = keyof typeof links;

/** The gauge in the status bar: one item, drawn from the same snapshots as the panel. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #settings: () => Settings;
  #shown = '';

  constructor(settings: () => Settings) {
    this.#settings = settings;
    this.#item = vscode.window.createStatusBarItem('softLanding.gauge', vscode.StatusBarAlignment.Left, 10);
    this.#item.name = vscode.l10n.t('Soft Landing: Usage Gauge');
    this.#item.command = commandIds.openPanel;
    this.#item.text = '$(dashboard)';
    this.#item.show();
  }

  draw({ gauge: spoken, now, day, unprotected, folders }: PanelSnapshot): void {
    const gauge = translatedGauge(spoken, editorLanguage.t);
    const isBroken = unprotected !== undefined;
    const icon = isBroken ? '$(error)' : (icons[gauge.level] ?? '$(dashboard)');
    const text = `${icon} ${gaugeText(gauge, this.#settings().statusBar, editorLanguage)}`.trimEnd();
    const background = isBroken ? backgrounds.exhausted : backgrounds[gauge.level];
    const lastCheckpoint = newestOf(folders.flatMap(({ checkpoints: [newest] }) => newest ?? []));
    const tooltip = gaugeTooltip({ gauge, day, lastCheckpoint, unprotected, now, language: editorLanguage });
    const shownLinks: Link[] = ['openPanel', 'createCheckpoint'];
    if (folders.some(({ undoable }) => undoable !== null)) shownLinks.push('undoReset');
    if (isBroken) shownLinks.push('showLog');
    // Assigning an equal value still costs a message and a flicker.
    const shown = JSON.stringify([text, background, tooltip, shownLinks]);
    if (shown === this.#shown) return;
    this.#shown = shown;

    this.#item.text = text;
    this.#item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    this.#item.tooltip = hover(tooltip, shownLinks);
    // Screen readers cannot reach the hover (microsoft/vscode #127415): everything is in the label.
    this.#item.accessibilityInformation = {
      label: label(gaugeText(gauge, 'used', editorLanguage), tooltip),
      role: 'button',
    };
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function newestOf(checkpoints: readonly CheckpointSummary[]): { readonly at: number; readonly what: string } | null {
  const [newest] = [...checkpoints].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  if (newest === undefined) return null;
  return {
    at: Date.parse(newest.createdAt),
    what: newest.tool === null ? newest.label : vscode.l10n.t('before {0}', newest.tool),
  };
}

function hover({ groups, lines }: GaugeTooltip, shownLinks: readonly Link[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.isTrusted = { enabledCommands: shownLinks.map((link) => commandIds[link]) };
  for (const { title, windows } of groups) {
    text.appendMarkdown(`**${plain(title)}**\n\n`);
    for (const window of windows) {
      text.appendMarkdown(`${plain(window.label)}  \n\`${window.bar}\`  \n${plain(window.text)}\n\n`);
    }
  }
  if (groups.length > 0) text.appendMarkdown('---\n\n');
  for (const line of lines) text.appendMarkdown(`**${plain(line.label)}** ${plain(line.text)}  \n`);
  const all = shownLinks.map((link) => `[${links[link]}](command:${commandIds[link]})`);
  return text.appendMarkdown(`\n\n---\n\n${all.join(' · ')}`);
}

/** Text with nothing of Markdown in it. VS Code also makes every blank a hard one, and lines would then break in the middle of words. */
function plain(text: string): string {
  return new vscode.MarkdownString().appendText(text).value.replaceAll('&nbsp;', ' ');
}

function label(short: string, { groups, lines }: GaugeTooltip): string {
  const windows = groups.flatMap(({ title, windows }) =>
    windows.map((window) => `${title}, ${window.label}: ${window.text}`),
  );
  return [`Soft Landing, ${short}`, ...windows, ...lines.map((line) => `${line.label}: ${line.text}`)].join('. ');
}
