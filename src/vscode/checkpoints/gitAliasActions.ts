import os from 'node:os';
import * as vscode from 'vscode';
import { refreshCheckpointLauncher } from '../../install/checkpointLauncher.ts';
import {
  aliasScopes,
  installAlias,
  uninstallAlias,
  type AliasRequest,
  type AliasScope,
} from '../../install/gitAlias.ts';
import type { LauncherTarget } from '../../install/launcher.ts';
import { failureWords } from '../failureWords.ts';
import type { Log } from '../log.ts';
import type { WorkspaceFolders } from './workspaceFolders.ts';

const { t } = vscode.l10n;

/** `git checkpoint "message"`: installed after the exact change has been shown and agreed to, and removed again. */
export class GitAliasActions {
  readonly #folders: WorkspaceFolders;
  readonly #launcher: Promise<LauncherTarget>;
  readonly #log: Log;

  constructor(folders: WorkspaceFolders, launcher: Promise<LauncherTarget>, log: Log) {
    this.#folders = folders;
    this.#launcher = launcher;
    this.#log = log;
  }

  /** An update of the extension moves the command line program; the launcher follows. */
  async keepCurrent(): Promise<void> {
    await refreshCheckpointLauncher(await this.#launcher);
  }

  async install(root?: string): Promise<void> {
    const request = await this.#request(root, t('Where shall “git checkpoint” be installed?'));
    if (!request) return;
    const preview = await installAlias({ ...request, dryRun: true });
    if (preview.ok && preview.value.changed) {
      const confirm = t('Install');
      const { key, after } = preview.value;
      const place = request.scope === 'global' ? t('your git configuration') : t("this repository's git configuration");
      const answer = await vscode.window.showInformationMessage(
        t('Install “git checkpoint "message"”?'),
        {
          modal: true,
          detail: `${t('One key is added to {0}; everything else stays:', place)}\n\n${key} = ${after ?? ''}`,
        },
        confirm,
      );
      if (answer !== confirm) return;
    }
    const already = t('“git checkpoint” is already installed there.');
    this.#tell(await installAlias(request), t('“git checkpoint "message"” now saves a checkpoint.'), already);
  }

  async remove(root?: string): Promise<void> {
    const request = await this.#request(root, t('Where shall “git checkpoint” be removed?'));
    if (!request) return;
    this.#tell(await uninstallAlias(request), t('Alias removed.'), t('There is no alias of ours there.'));
  }

  #tell(result: Awaited<ReturnType<typeof installAlias>>, done: string, nothing: string): void {
    if (result.ok) {
      this.#log.info(`[alias] changed=${result.value.changed} scope=${result.value.scope}`);
      void vscode.window.showInformationMessage(result.value.changed ? done : nothing);
    } else {
      this.#log.warn(`[alias] refused reason=${result.failure.reason}`);
      void vscode.window.showErrorMessage(failureWords(result.failure));
    }
  }

  async #request(root: string | undefined, placeHolder: string): Promise<AliasRequest | undefined> {
    const folder = root === undefined ? this.#folders.all()[0] : this.#folders.find(root);
    const words: Record<AliasScope, { label: string; description: string }> = {
      repository: { label: t('This repository'), description: '.git/config' },
      global: { label: t('All my repositories'), description: '~/.gitconfig' },
    };
    const scopes = aliasScopes.filter((scope) => scope === 'global' || folder !== undefined);
    const items = scopes.map((scope) => ({ ...words[scope], scope }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder });
    if (!picked) return undefined;
    const surroundings = { home: os.homedir(), env: process.env, platform: process.platform };
    const dir = folder?.root ?? os.homedir();
    return { scope: picked.scope, dir, surroundings, launcher: await this.#launcher, dryRun: false };
  }
}
