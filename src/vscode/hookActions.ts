import * as vscode from 'vscode';
import type { Surroundings } from '../agents/agent.ts';
import type { AgentInstall } from '../install/agentInstall.ts';
import {
  applyThere,
  changeDetail,
  choosePlace,
  type InstallParts,
  type InstallPlace,
  type InstallWork,
} from './installPlace.ts';
import { shortPath } from './shortPath.ts';
import { editorSurroundings } from './surroundings.ts';

/** A bundle of its own: it brings a parser along that most starts of the editor do not need. */
const agentInstall = () => import('../install/agentInstall.ts');

const { t } = vscode.l10n;

interface Questions {
  readonly agent: string;
  readonly scope: string;
}

/** Installing and removing the agents' hooks, each only after the exact change has been shown and agreed to. */
export class HookActions {
  readonly #parts: InstallParts;

  constructor(parts: InstallParts) {
    this.#parts = parts;
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

  async #apply(work: InstallWork, place: InstallPlace, done: string): Promise<void> {
    await applyThere(this.#parts, 'hooks', place, work, async () => done + (await trustHint(place)));
    await Promise.all(this.#parts.folders.all().map((folder) => folder.refreshHooks()));
  }

  /** Asks for the agent and the place, and tells what the work would change there. */
  async #place(root: string | undefined, work: InstallWork, questions: Questions): Promise<InstallPlace | undefined> {
    const agent = await pickAgent(editorSurroundings(this.#parts.settings()), questions.agent);
    return agent && choosePlace(this.#parts, root, agent, work, questions.scope);
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

/** What a person still has to do so that the agent runs the hooks; '' for nothing. */
async function trustHint({ agent, request, change }: InstallPlace): Promise<string> {
  const trust = await agent.trust?.(change.file, request.surroundings);
  if (!trust || trust.state === 'trusted' || trust.state === 'none') return '';
  return ` ${t('{0} runs them only after you have agreed to them in it: start it and open /hooks.', agent.title)}`;
}

/** Shows the change; a long one (a file of our own) can be read in an editor first. */
async function isAgreed({ agent, change }: InstallPlace): Promise<boolean> {
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
