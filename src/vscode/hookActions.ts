import * as vscode from 'vscode';
import { failureWords } from './failureWords.ts';
import type { Surroundings } from '../agents/agent.ts';
import type { AgentInstall, InstallRequest, InstallScope } from '../install/agentInstall.ts';
import type { InstallChange } from '../install/settingsInstall.ts';
import type { LauncherTarget } from '../install/launcher.ts';
import type { FolderCheckpoints } from './checkpoints/folderCheckpoints.ts';
import { shortPath, type Log } from './log.ts';
import type { Settings } from './settings.ts';
import { editorSurroundings } from './surroundings.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';

/** A bundle of its own: it brings a parser along that most starts of the editor do not need. */
const agentInstall = () => import('../install/agentInstall.ts');

type InstallWork = Awaited<ReturnType<typeof agentInstall>>['installAgent'];

const { t } = vscode.l10n;

/** As much as a person reads in a dialog; up to twice of it is shown whole. */
const shownLines = 40;

interface Questions {
  readonly agent: string;
  readonly scope: string;
}

interface Place {
  readonly agent: AgentInstall;
  readonly request: InstallRequest;
  readonly change: InstallChange;
}

/** Installing and removing the agents' hooks, each only after the exact change has been shown and agreed to. */
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

  async install(root?: string): Promise<void> {
    const { installAgent } = await agentInstall();
    const place = await this.#place(root, installAgent, {
      agent: t('Whose hooks shall be installed?'),
      scope: t('Where shall the hooks be installed?'),
    });
    if (!place) return;
    if (!place.change.changed) {
      const sentence = t('The hooks are already installed in {0}.', shortPath(place.change.file));
      void vscode.window.showInformationMessage(sentence + (await trustHint(place)));
    } else if (await isAgreed(place)) {
      await this.#apply(installAgent, place, t('Hooks installed. Checkpoints now appear before each edit.'));
    }
  }

  async remove(root?: string): Promise<void> {
    const { uninstallAgent } = await agentInstall();
    const place = await this.#place(root, uninstallAgent, {
      agent: t('Whose hooks shall be removed?'),
      scope: t('Where shall the hooks be removed?'),
    });
    if (!place) return;
    if (!place.change.changed) {
      const sentence = t('There are no hooks of ours in {0}.', shortPath(place.change.file));
      void vscode.window.showInformationMessage(sentence);
      return;
    }
    await this.#apply(uninstallAgent, place, t('Hooks removed.'));
  }

  async #apply(work: InstallWork, place: Place, done: string): Promise<void> {
    const result = await work(place.agent, { ...place.request, dryRun: false });
    if (result.ok) {
      this.#log.info(`[hooks] changed agent=${place.agent.agent} file=${shortPath(result.value.file)}`);
      void vscode.window.showInformationMessage(done + (await trustHint(place)));
    } else {
      this.#log.warn(`[hooks] refused agent=${place.agent.agent} reason=${result.failure.reason}`);
      void vscode.window.showErrorMessage(failureWords(result.failure));
    }
    await Promise.all(this.#folders.all().map((folder) => folder.refreshHooks()));
  }

  /** Asks for the agent and the place, and tells what the work would change there. */
  async #place(root: string | undefined, work: InstallWork, questions: Questions): Promise<Place | undefined> {
    const folder = this.#folderFor(root);
    const surroundings = editorSurroundings(this.#settings());
    const agent = await pickAgent(surroundings, questions.agent);
    const scope = agent && (await pickScope(agent, folder !== undefined, questions.scope));
    if (!agent || !scope) return undefined;
    const request: InstallRequest = {
      scope,
      projectDir: folder?.root ?? '',
      surroundings,
      launcher: await this.#launcher,
      dryRun: true,
    };
    const preview = await work(agent, request);
    if (preview.ok) return { agent, request, change: preview.value };
    void vscode.window.showErrorMessage(failureWords(preview.failure));
    return undefined;
  }

  #folderFor(root: string | undefined): FolderCheckpoints | undefined {
    return root === undefined ? this.#folders.all()[0] : this.#folders.find(root);
  }
}

/** One of the agents on this machine; all of them where none is found, since one may be installed later. */
async function pickAgent(surroundings: Surroundings, question: string): Promise<AgentInstall | undefined> {
  const { agentInstalls, isAgentFound } = await agentInstall();
  const isFound = await Promise.all(agentInstalls.map((agent) => isAgentFound(agent, surroundings)));
  const found = agentInstalls.filter((_, at) => isFound[at] === true);
  if (found.length === 1) return found[0];
  const items = (found.length === 0 ? agentInstalls : found).map((agent) => ({ label: agent.title, agent }));
  return (await vscode.window.showQuickPick(items, { placeHolder: question }))?.agent;
}

/** The place that touches the least first. */
export async function pickScope(
  agent: AgentInstall,
  hasFolder: boolean,
  question: string,
): Promise<InstallScope | undefined> {
  const scopes = agent.scopes.filter((scope) => scope === 'user' || hasFolder);
  const items = [...scopes].reverse().map((scope) => ({
    label: scopeWords(scope),
    description: agent.shortFile(scope),
    scope,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: `${agent.title}: ${question}` }))?.scope;
}

function scopeWords(scope: InstallScope): string {
  switch (scope) {
    case 'local':
      return t('This folder, only for me');
    case 'project':
      return t('This folder, for everyone');
    case 'user':
      return t('All my folders');
  }
}

/** What a person still has to do so that the agent runs the hooks; '' for nothing. */
async function trustHint({ agent, request, change }: Place): Promise<string> {
  const trust = await agent.trust?.(change.file, request.surroundings);
  if (!trust || trust.state === 'trusted' || trust.state === 'none') return '';
  return ` ${t('{0} runs them only after you have agreed to them in it: start it and open /hooks.', agent.title)}`;
}

/** Shows the change; a long one (a file of our own) can be read in an editor first. */
async function isAgreed({ agent, change }: Place): Promise<boolean> {
  const question = t('Install the {0} hooks in {1}?', agent.title, shortPath(change.file));
  const install = t('Install');
  const showAll = t('Show All Lines');
  const { detail, isWhole } = changeDetail(change);
  const buttons = isWhole ? [install] : [install, showAll];
  const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, ...buttons);
  if (answer !== showAll) return answer === install;
  const language = change.file.endsWith('.js') ? 'javascript' : 'json';
  const document = await vscode.workspace.openTextDocument({ content: change.after ?? '', language });
  await vscode.window.showTextDocument(document, { preview: true });
  return (await vscode.window.showInformationMessage(question, install)) === install;
}

/** The lines that are new, as a person can check them. */
export function changeDetail({ before, after }: InstallChange): { readonly detail: string; readonly isWhole: boolean } {
  const had = new Set((before ?? '').split('\n'));
  const added = (after ?? '').split('\n').filter((line) => !had.has(line));
  const isWhole = added.length <= shownLines * 2;
  const shown = isWhole ? added : [...added.slice(0, shownLines), t('… and {0} more lines', added.length - shownLines)];
  const head =
    before === null ? t('The file is made with this content:') : t('These lines are added; everything else stays:');
  return { detail: [head, '', ...shown].join('\n'), isWhole };
}
