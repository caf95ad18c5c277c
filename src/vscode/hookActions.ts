import * as vscode from 'vscode';
import type { InstallChange, InstallRequest, InstallScope } from '../install/claudeInstall.ts';
import { refreshLauncher, type LauncherTarget } from '../install/launcher.ts';
import type { FolderCheckpoints } from './checkpoints/folderCheckpoints.ts';
import { shortPath, type Log } from './log.ts';
import type { Settings } from './settings.ts';
import { editorSurroundings } from './surroundings.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';

/** A bundle of its own: it brings a parser along that most starts of the editor do not need. */
const claudeInstall = () => import('../install/claudeInstall.ts');

type InstallWork = Awaited<ReturnType<typeof claudeInstall>>['installClaude'];

const { t } = vscode.l10n;

/** Installing and removing the agent's hooks, each only after the exact change has been shown and agreed to. */
export class HookActions {
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

  /** An update of the extension moves the hook program; the launcher that agents call follows. */
  async keepCurrent(): Promise<void> {
    await refreshLauncher(await this.#launcher);
  }

  async install(root?: string): Promise<void> {
    const { installClaude } = await claudeInstall();
    const places = await this.#places(root, installClaude, t('Where shall the hooks be installed?'));
    if (!places) return;
    if (!places.change.changed) {
      void vscode.window.showInformationMessage(
        t('The hooks are already installed in {0}.', shortPath(places.change.file)),
      );
      return;
    }
    const confirm = t('Install');
    const answer = await vscode.window.showInformationMessage(
      t('Install the Claude Code hooks in {0}?', shortPath(places.change.file)),
      { modal: true, detail: changeDetail(places.change) },
      confirm,
    );
    if (answer === confirm)
      await this.#apply(installClaude, places.request, t('Hooks installed. Checkpoints now appear before each edit.'));
  }

  async remove(root?: string): Promise<void> {
    const { uninstallClaude } = await claudeInstall();
    const places = await this.#places(root, uninstallClaude, t('Where shall the hooks be removed?'));
    if (!places) return;
    if (!places.change.changed) {
      void vscode.window.showInformationMessage(t('There are no hooks of ours in {0}.', shortPath(places.change.file)));
      return;
    }
    await this.#apply(uninstallClaude, places.request, t('Hooks removed.'));
  }

  async #apply(work: InstallWork, request: InstallRequest, done: string): Promise<void> {
    const result = await work({ ...request, dryRun: false });
    if (result.ok) {
      this.#log.info(`[hooks] changed file=${shortPath(result.value.file)}`);
      void vscode.window.showInformationMessage(done);
    } else {
      this.#log.warn(`[hooks] refused reason=${result.failure.reason}`);
      void vscode.window.showErrorMessage(result.failure.message);
    }
    await Promise.all(this.#folders.all().map((folder) => folder.refreshHooks()));
  }

  /** Asks for the place and tells what the work would change there. */
  async #places(root: string | undefined, work: InstallWork, question: string) {
    const folder = this.#folderFor(root);
    const { installScopes } = await claudeInstall();
    const scopes = installScopes.filter((scope) => scope === 'user' || folder !== undefined).reverse();
    const items = scopes.map((scope) => ({ ...scopeWords(scope), scope }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: question });
    if (!picked) return undefined;
    const request: InstallRequest = {
      scope: picked.scope,
      projectDir: folder?.root ?? '',
      surroundings: editorSurroundings(this.#settings()),
      launcher: await this.#launcher,
      dryRun: true,
    };
    const preview = await work(request);
    if (preview.ok) return { request, change: preview.value };
    void vscode.window.showErrorMessage(preview.failure.message);
    return undefined;
  }

  #folderFor(root: string | undefined): FolderCheckpoints | undefined {
    return root === undefined ? this.#folders.all()[0] : this.#folders.find(root);
  }
}

function scopeWords(scope: InstallScope): { label: string; description: string } {
  switch (scope) {
    case 'local':
      return { label: t('This folder, only for me'), description: '.claude/settings.local.json' };
    case 'project':
      return { label: t('This folder, for everyone'), description: '.claude/settings.json' };
    case 'user':
      return { label: t('All my folders'), description: '~/.claude/settings.json' };
  }
}

/** The lines that are new, as a person can check them. */
function changeDetail({ before, after }: InstallChange): string {
  const had = new Set((before ?? '').split('\n'));
  const added = (after ?? '').split('\n').filter((line) => !had.has(line));
  return [
    before === null ? t('The file is made with this content:') : t('These lines are added; everything else stays:'),
    '',
    ...added,
  ].join('\n');
}
