import * as vscode from 'vscode';
import type { Trace } from '../../install/everything/trace.ts';
import type { LauncherTarget } from '../../install/launcher.ts';
import { withLateProgress } from '../checkpoints/lateProgress.ts';
import { failureWords } from '../failureWords.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';
import { shortPath } from '../shortPath.ts';
import { editorSurroundings } from '../surroundings.ts';
import { told } from '../unwaited.ts';

const { t } = vscode.l10n;

/** A bundle that almost nobody needs. */
const everything = () => import('../../install/everything/everything.ts');

/** Takes back all we ever wrote, listed first. Afterwards agents run as if we had never been there. */
export class RemoveEverything {
  readonly #launcher: Promise<LauncherTarget>;
  readonly #settings: () => Settings;
  readonly #stop: () => Promise<void>;
  readonly #log: Log;

  /** @param stop ends all that writes by itself in this window (ambient checkpoints, the usage history) */
  constructor(launcher: Promise<LauncherTarget>, settings: () => Settings, stop: () => Promise<void>, log: Log) {
    this.#launcher = launcher;
    this.#settings = settings;
    this.#stop = stop;
    this.#log = log;
  }

  /** Answers whether everything is gone; undefined if the person left. */
  async run(): Promise<boolean | undefined> {
    const { findTraces, removeTraces, withoutCheckpoints } = await everything();
    const request = {
      surroundings: editorSurroundings(this.#settings()),
      launcher: await this.#launcher,
      // git does not run in folders that are not trusted.
      folders: vscode.workspace.isTrusted ? foldersOnDisk() : [],
    };
    const traces = await withLateProgress(t('Looking for everything that Soft Landing wrote…'), () =>
      findTraces(request),
    );
    if (traces.length === 0) {
      void vscode.window.showInformationMessage(t('There is nothing of Soft Landing outside of the extension itself.'));
      return true;
    }
    const keep = await ask(traces);
    if (keep === undefined) return undefined;
    await this.#stop();
    const chosen = keep ? withoutCheckpoints(traces) : traces;
    const removed = await withLateProgress(t('Removing…'), () =>
      removeTraces(chosen, request, { keepCheckpoints: keep }),
    );
    const failed = removed.filter(({ problem }) => problem !== null);
    this.#log.info(`[remove] removed=${removed.length - failed.length} failed=${failed.length}`);
    for (const { trace, problem } of failed)
      this.#log.warn(`[remove] kept kind=${trace.kind} problem="${problem?.message ?? ''}"`);
    const problems = failed.map(
      ({ trace, problem }) => `${traceWords(trace)}: ${problem ? failureWords(problem) : ''}`,
    );
    told(tellAfterwards(problems), '[remove] extension not uninstalled', this.#log);
    return failed.length === 0;
  }
}

function foldersOnDisk(): readonly string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

/** Shows the whole list. Answers whether checkpoints stay; undefined: nothing is to be done. */
async function ask(traces: readonly Trace[]): Promise<boolean | undefined> {
  const all = t('Remove Everything');
  const some = t('Keep Checkpoints');
  const hasCheckpoints = traces.some(
    (trace) => trace.kind === 'checkpoints' || (trace.kind === 'state' && trace.folderCheckpoints > 0),
  );
  const answer = await vscode.window.showWarningMessage(
    t('Remove everything that Soft Landing wrote?'),
    {
      modal: true,
      detail: [
        ...traces.map((trace) => `• ${traceWords(trace)}`),
        '',
        t('Your files do not change. Nothing brings deleted checkpoints back.'),
        t('Commits of commit mode are part of your branches and stay. Close other windows of the editor first.'),
      ].join('\n'),
    },
    all,
    ...(hasCheckpoints ? [some] : []),
  );
  return answer === all ? false : answer === some ? true : undefined;
}

function traceWords(trace: Trace): string {
  switch (trace.kind) {
    case 'hooks':
      return trace.isWholeFile ? shortPath(trace.file) : t('our entries in {0}', shortPath(trace.file));
    case 'statusline':
      return t('the statusline’s tee in {0}', shortPath(trace.file));
    case 'alias':
      return trace.scope === 'global'
        ? t('“git checkpoint” in your git configuration')
        : t('“git checkpoint” in the configuration of {0}', shortPath(trace.dir));
    case 'checkpoints':
      return trace.checkpoints === 1
        ? t('1 checkpoint in {0}', shortPath(trace.repository))
        : t('{0} checkpoints in {1}', trace.checkpoints, shortPath(trace.repository));
    case 'plan':
      return trace.files.length === 0
        ? shortPath(trace.folder)
        : t('{0} with {1}', shortPath(trace.folder), trace.files.join(', '));
    case 'state':
      return trace.folderCheckpoints === 0
        ? t('{0}: launchers, log, usage history', shortPath(trace.folder))
        : t(
            '{0}: launchers, log, usage history, checkpoints of folders without git: {1}',
            shortPath(trace.folder),
            trace.folderCheckpoints,
          );
  }
}

async function tellAfterwards(problems: readonly string[]): Promise<void> {
  const uninstall = t('Uninstall Extension');
  const sentence =
    problems.length === 0
      ? t('Everything is removed, and agents run as before. Soft Landing is at rest until the window is reloaded.')
      : t('Not all could be removed: {0}', problems.join(' '));
  const answer = await vscode.window.showInformationMessage(sentence, uninstall);
  if (answer !== uninstall) return;
  await vscode.commands.executeCommand('workbench.extensions.uninstallExtension', 'soft-landing.soft-landing');
}
