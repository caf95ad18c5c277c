import * as vscode from 'vscode';
import { setContextKey } from '../contextKeys.ts';

const { t } = vscode.l10n;

const usual = [10, 15, 20, 25, 30];
const standard = 20;

/** Lets the user choose the reserve, for all windows of the editor; answers what was chosen. */
export async function chooseReserve(): Promise<number | undefined> {
  const configuration = vscode.workspace.getConfiguration('softLanding');
  const present = configuration.get('reserve.percent');
  const items = usual.map((percent) => ({
    label: `${percent}%`,
    description: percent === standard ? t('the default') : percent === present ? t('now') : '',
    percent,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Set Reserve'),
    placeHolder: t('How much of each usage window is kept back for finishing and saving?'),
  });
  if (!picked) return undefined;
  await configuration.update('reserve.percent', picked.percent, vscode.ConfigurationTarget.Global);
  setContextKey('reserveChosen', true);
  return picked.percent;
}
