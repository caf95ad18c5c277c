import * as vscode from 'vscode';
import { failureWords } from './failureWords.ts';
import type { InstallRequest } from '../install/agentInstall.ts';
import type { LauncherTarget } from '../install/launcher.ts';
import type { InstallChange } from '../install/settingsInstall.ts';
import { refreshStatuslineLauncher } from '../install/statuslineLauncher.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';
import { changeDetail, pickScope } from './hookActions.ts';
import { shortPath, type Log } from './log.ts';
import type { Settings } from './settings.ts';
import { editorSurroundings } from './surroundings.ts';

/** A bundle of its own: it brings a parser along. */
const statuslineInstall = () => import('../install/statuslineInstall.ts');

type InstallWork = Awaited<ReturnType<typeof statuslineInstall>>['installStatusline'];

const { t } = vscode.l10n;

/** The tee of Claude Code's statusline: installed after the exact change has been shown and agreed to, and removed again. */
export class StatuslineActions {
  readonly #folders: WorkspaceFolders;
  readonly #launcher: Promise<LauncherTarget>;
  readonly #settings: () => Settings;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, launcher: Promise<LauncherTarget>, settings: () => Settings, log: Log) {
    this.#folders = folders;
    this.#launcher = launcher;
    this.#settings = settings;
    this.#log = log;
  }

  /** An update of the extension may bring another launcher. */
  async keepCurrent(): Promise<void> {
    await refreshStatuslineLauncher((await this.#launcher).stateFolder);
  }

  async install(root?: string): Promise<void> {
    const { installStatusline } = await statuslineInstall();
    const place = await this.#place(root, installStatusline, t('Whose statusline shall tell the gauge?'));
    if (!place) return;
    const { request, change } = place;
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
      await this.#apply(
        installStatusline,
        request,
        t('Installed. The gauge follows Claude Code from its next answer on.'),
      );
  }

  async remove(root?: string): Promise<void> {
    const { uninstallStatusline } = await statuslineInstall();
    const place = await this.#place(root, uninstallStatusline, t('Where shall it be removed?'));
    if (!place) return;
    if (place.change.changed)
      await this.#apply(uninstallStatusline, place.request, t('Removed; the statusline is as it was.'));
    else void vscode.window.showInformationMessage(t('There is nothing of ours in {0}.', shortPath(place.change.file)));
  }

  async #apply(work: InstallWork, request: InstallRequest, done: string): Promise<void> {
    const result = await work({ ...request, dryRun: false });
    if (result.ok) {
      this.#log.info(`[statusline] changed file=${shortPath(result.value.file)}`);
      void vscode.window.showInformationMessage(done);
    } else {
      this.#log.warn(`[statusline] refused reason=${result.failure.reason}`);
      void vscode.window.showErrorMessage(failureWords(result.failure));
    }
  }

  /** Asks for the place and tells what the work would change there. */
  async #place(
    root: string | undefined,
    work: InstallWork,
    question: string,
  ): Promise<{ readonly request: InstallRequest; readonly change: InstallChange } | undefined> {
    const folder = root === undefined ? this.#folders.all()[0] : this.#folders.find(root);
    const { teedAgent } = await statuslineInstall();
    const scope = await pickScope(teedAgent, folder !== undefined, question);
    if (!scope) return undefined;
    const request: InstallRequest = {
      scope,
      projectDir: folder?.root ?? '',
      surroundings: editorSurroundings(this.#settings()),
      launcher: await this.#launcher,
      dryRun: true,
    };
    const preview = await work(request);
    if (preview.ok) return { request, change: preview.value };
    void vscode.window.showErrorMessage(failureWords(preview.failure));
    return undefined;
  }
}
