import * as vscode from 'vscode';
import { gaugeLines, gaugeText } from '../budget/gaugeText.ts';
import type { GaugeLevel } from '../protocol/gauge.ts';
import type { PanelSnapshot } from '../protocol/panel.ts';
import { commandIds } from './commandIds.ts';

/** VS Code allows these two only, as a last resort: quiet until the reserve is reached. */
const backgrounds: Partial<Record<GaugeLevel, string>> = {
  landing: 'statusBarItem.warningBackground',
  exhausted: 'statusBarItem.errorBackground',
};

/** The gauge in the status bar: one item, drawn from the same snapshots as the panel. */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  #shown = '';

  constructor() {
    this.#item = vscode.window.createStatusBarItem('softLanding.gauge', vscode.StatusBarAlignment.Left, 10);
    this.#item.name = vscode.l10n.t('Soft Landing: Usage Gauge');
    this.#item.command = commandIds.openPanel;
    this.#item.text = '$(dashboard)';
    this.#item.show();
  }

  draw({ gauge, now }: PanelSnapshot): void {
    const text = `$(dashboard) ${gaugeText(gauge)}`;
    const lines = gaugeLines(gauge, now);
    const words = lines.map((line) => `${line.label}: ${line.text}`);
    // Assigning an equal value still costs a message and a flicker.
    const shown = JSON.stringify([text, gauge.level, words]);
    if (shown === this.#shown) return;
    this.#shown = shown;

    const background = backgrounds[gauge.level];
    this.#item.text = text;
    this.#item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    const tooltip = new vscode.MarkdownString('', true);
    tooltip.isTrusted = { enabledCommands: [commandIds.openPanel, commandIds.createCheckpoint] };
    for (const line of lines)
      tooltip.appendMarkdown('**').appendText(line.label).appendMarkdown('** ').appendText(`${line.text}\n`);
    tooltip.appendMarkdown(
      `\n\n[${vscode.l10n.t('Open Panel')}](command:${commandIds.openPanel}) · ` +
        `[${vscode.l10n.t('Create Checkpoint')}](command:${commandIds.createCheckpoint})`,
    );
    this.#item.tooltip = tooltip;
    // Screen readers cannot reach the hover (microsoft/vscode #127415): everything is in the label.
    this.#item.accessibilityInformation = {
      label: `Soft Landing, ${gaugeText(gauge)}. ${words.join('. ')}`,
      role: 'button',
    };
  }

  dispose(): void {
    this.#item.dispose();
  }
}
