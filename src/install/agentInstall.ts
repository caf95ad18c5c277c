import { said, type Wording } from '../protocol/sentence.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Surroundings } from '../agents/agent.ts';
import type { CodexTrust } from '../agents/codex/hookTrust.ts';
import type { InstalledHooks } from '../agents/hookEntries.ts';
import { fail, type Result } from '../protocol/result.ts';
import { claudeInstall } from './claudeInstall.ts';
import { codexInstall } from './codexInstall.ts';
import { geminiInstall } from './geminiInstall.ts';
import { findProgram, type LauncherTarget } from './launcher.ts';
import { opencodeInstall } from './opencodeInstall.ts';
import {
  installInto,
  isInstalledIn,
  uninstallFrom,
  type InstallChange,
  type InstallFailure,
  type InstallTarget,
} from './settingsInstall.ts';

/** user: all of a person's folders; project: one folder, for everyone who has it; local: one folder, for one person. */
export type InstallScope = 'user' | 'project' | 'local';

/** Where and how our hooks go into one agent's files. */
export interface AgentInstall {
  readonly agent: string;
  /** as its makers write it */
  readonly title: string;
  /** those that the agent has; the first is meant where none is named */
  readonly scopes: readonly InstallScope[];
  /** its programs' names */
  readonly programs: readonly string[];
  /** the folder that is there once the agent has run */
  home(surroundings: Surroundings): string;
  file(scope: InstallScope, projectDir: string, surroundings: Surroundings): string;
  /** the usual place of that file, in few words */
  shortFile(scope: InstallScope): string;
  target(file: string, place: InstallPlace): InstallTarget;
  /** of the agent that works here, where what is to be written depends on it, asked of its program; null: not known */
  version?(surroundings: Surroundings): Promise<string | null>;
  /** the same without running the agent, for who only looks */
  seenVersion?(surroundings: Surroundings): Promise<string | null>;
  /** why nothing is installed for that version; null: no reason */
  refusal?(version: string | null): Wording | null;
  /** why a file with our hooks in it does not work with that version; null: it does */
  misfit?(text: string, version: string | null): string | null;
  /** our hooks in such a file, whoever wrote them */
  installed(text: string): InstalledHooks | { readonly problem: string; readonly detail: string };
  /** for an agent that runs hooks only after a person has agreed to them in it: whether that is so for those in this file */
  trust?(file: string, surroundings: Surroundings): Promise<CodexTrust>;
  /** and the file in which it remembers that */
  agreement?(surroundings: Surroundings): string;
}

interface InstallPlace extends Pick<InstallRequest, 'launcher' | 'surroundings'> {
  /** the agent's, as far as it was asked for */
  readonly version?: string | null;
}

export interface InstallRequest {
  readonly scope: InstallScope;
  /** the folder that the agent is started in; not used for the user scope */
  readonly projectDir: string;
  readonly surroundings: Surroundings;
  readonly launcher: LauncherTarget;
  /** only say what would change */
  readonly dryRun: boolean;
}

/** Every agent whose hooks we can install. */
export const agentInstalls: readonly AgentInstall[] = [claudeInstall, codexInstall, geminiInstall, opencodeInstall];

export type InstallResult = Result<InstallChange, InstallFailure>;

/** Puts our hooks into the agent's files. A second install changes nothing. */
export async function installAgent(agent: AgentInstall, request: InstallRequest): Promise<InstallResult> {
  const version = (await agent.version?.(request.surroundings)) ?? null;
  const refusal = agent.refusal?.(version) ?? null;
  if (refusal !== null) return fail({ reason: 'too-old', ...refusal });
  return work(agent, { ...request, version }, installInto);
}

/** Takes our hooks out again: the former bytes if nobody touched the file since, else only what is ours. */
export function uninstallAgent(agent: AgentInstall, request: InstallRequest): Promise<InstallResult> {
  return work(agent, request, uninstallFrom);
}

async function work(
  agent: AgentInstall,
  request: InstallRequest & InstallPlace,
  change: typeof installInto,
): Promise<InstallResult> {
  const { scope, projectDir, surroundings } = request;
  if (!agent.scopes.includes(scope)) {
    return fail({ reason: 'failed', ...said('{0} has no scope "{1}". Nothing was changed.', agent.title, scope) });
  }
  return change(agent.target(agent.file(scope, projectDir, surroundings), request), request);
}

/** The files that the agent reads for this folder and that have our hooks. */
async function installedFiles(
  agent: AgentInstall,
  place: Omit<InstallRequest, 'scope' | 'dryRun'>,
): Promise<readonly string[]> {
  const files = agent.scopes.map((scope) => agent.file(scope, place.projectDir, place.surroundings));
  const has = await Promise.all(files.map((file) => isInstalledIn(agent.target(file, place))));
  return files.filter((_, at) => has[at]);
}

/** Whether the agent is on this machine: it has run here, or its program is on the PATH. */
export async function isAgentFound(agent: AgentInstall, surroundings: Surroundings): Promise<boolean> {
  if (existsSync(path.resolve(agent.home(surroundings)))) return true;
  return (await findProgram(agent.programs, surroundings.env)) !== null;
}

/** What stands for this folder of our hooks. */
export interface FolderHooks {
  /** some agent has them */
  readonly installed: boolean;
  /** ids of the agents that have them, but do not run them before a person has agreed to them there */
  readonly untrusted: readonly string[];
  /** the files in which these agents remember that a person has agreed */
  readonly agreements: readonly string[];
}

/** Looks into the files that agents read for this folder. */
export async function folderHooks(place: Omit<InstallRequest, 'scope' | 'dryRun'>): Promise<FolderHooks> {
  const states = await Promise.all(
    agentInstalls.map(async (agent) => {
      const files = await installedFiles(agent, place);
      const waits = await waitsForConsent(agent, files, place.surroundings);
      return { agent, installed: files.length > 0, waits };
    }),
  );
  const untrusted = states.flatMap(({ agent, waits }) => (waits ? [agent] : []));
  return {
    installed: states.some(({ installed }) => installed),
    untrusted: untrusted.map(({ agent }) => agent),
    agreements: untrusted.flatMap((agent) => agent.agreement?.(place.surroundings) ?? []),
  };
}

/** Whether a person has yet to agree to these hooks in the agent. What they switched off there is decided too. */
async function waitsForConsent(
  agent: AgentInstall,
  files: readonly string[],
  surroundings: Surroundings,
): Promise<boolean> {
  if (agent.trust === undefined || files.length === 0) return false;
  for (const file of files) {
    const { state } = await agent.trust(file, surroundings);
    if (state === 'trusted' || state === 'off') return false;
  }
  return true;
}
