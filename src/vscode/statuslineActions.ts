import * as vscode from 'vscode';
import { refreshStatuslineLauncher } from '../install/statuslineLauncher.ts';
import {
  applyThere,
  changeDetail,
  choosePlace,
  type InstallParts,
  type InstallPlace,
  type InstallWork,
} from './installPlace.ts';
import { shortPath } from './shortPath.ts';

/** A bundle of its own: it brings a parser along. */
const statuslineInstall = () => import('../install/statuslineInstall.ts');

const { t } = vscode.l10n;

/** The tee of Claude Code's statusline: installed after the exact change has been shown and agreed to, and removed again. */
export class StatuslineActions {
  readonly #parts: InstallParts;

  constructor(parts: InstallParts) {
    this.#parts = parts;
  }

  /** An update of the extension may bring another launcher. */
  async keepCurrent(): Promise<void> {
    await refreshStatuslineLauncher((await this.#parts.launcher).stateFolder);
  }

  async install(root?: string): Promise<void> {
    const { installStatusline } = await statuslineInstall();
    const work: InstallWork = (_agent, request) => installStatusline(request);
    const place = await this.#place(root, work, t('Whose statusline shall tell the gauge?'));
    if (!place) return;
    const { change } = place;
    if (!change.changed) {
      void vscode.window.showInformationMessage(t('It is already installed in {0}.', shortPath(change.file)));
      return;
    }
    const confirm = t('Install');
    const promise = t(
      'Your own statusline is run as before and shows what it showed; its input is kept for the gauge.',
    );
    const answer = await vscode.window.showInformationMessage(
      t('Let Claude Code’s statusline tell the gauge what is left ({0})?', shortPath(change.file)),
      { modal: true, detail: `${promise}\n\n${changeDetail(change).detail}` },
      confirm,
    );
    if (answer === confirm)
      await this.#apply(work, place, t('Installed. The gauge follows Claude Code from its next answer on.'));
  }

  async remove(root?: string): Promise<void> {
    const { uninstallStatusline } = await statuslineInstall();
    const work: InstallWork = (_agent, request) => uninstallStatusline(request);
    const place = await this.#place(root, work, t('Where shall it be removed?'));
    if (!place) return;
    if (place.change.changed) await this.#apply(work, place, t('Removed; the statusline is as it was.'));
    else void vscode.window.showInformationMessage(t('There is nothing of ours in {0}.', shortPath(place.change.file)));
  }

  async #apply(work: InstallWork, place: InstallPlace, done: string): Promise<void> {
    await applyThere(this.#parts, 'statusline', place, work, () => done);
  }

  async #place(root: string | undefined, work: InstallWork, question: string): Promise<InstallPlace | undefined> {
    const { teedAgent } = await statuslineInstall();
    return choosePlace(this.#parts, root, teedAgent, work, question);
  }
}
