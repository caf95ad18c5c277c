import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Surroundings } from '../agents/agent.ts';
import { agentInstalls, isAgentFound, type AgentInstall } from '../install/agentInstall.ts';
import { findNode, launcherFile } from '../install/launcher.ts';
import { readJsonFile } from '../store/atomicFile.ts';
import { errorCode, errorText } from '../store/errno.ts';
import type { AgentHookFacts, LauncherFacts, SettingsFacts } from './facts.ts';
import { isExecutable } from './executable.ts';
import { launcherTarget } from './launcherTarget.ts';

const receiptSchema = v.object({ agent: v.optional(v.string(), 'claude'), file: v.string() });

/** The files of each agent and scope for this folder, and every other file that hooks were installed into from here. */
export async function settingsFacts(
  projectDir: string,
  surroundings: Surroundings,
  stateFolder: string,
): Promise<readonly SettingsFacts[]> {
  const places = new Map<string, { readonly agent: AgentInstall; readonly scope: string | null }>();
  for (const agent of agentInstalls) {
    for (const scope of agent.scopes) {
      const file = path.resolve(agent.file(scope, projectDir, surroundings));
      if (!places.has(file)) places.set(file, { agent, scope });
    }
  }
  const receipts = path.join(stateFolder, 'installs');
  for (const name of await readdir(receipts).catch(() => [])) {
    const receipt = await readJsonFile(path.join(receipts, name), receiptSchema).catch(() => null);
    const agent = receipt && agentInstalls.find((each) => each.agent === receipt.agent);
    if (agent && !places.has(receipt.file)) places.set(receipt.file, { agent, scope: null });
  }
  return Promise.all(
    [...places].map(async ([file, { agent, scope }]) => ({
      agent: agent.agent,
      title: agent.title,
      file,
      scope,
      hooks: await hooksIn(agent, file, surroundings),
    })),
  );
}

/** Which agents are here, and which of them have our hooks. */
export async function agentHookFacts(
  settings: readonly SettingsFacts[],
  surroundings: Surroundings,
): Promise<readonly AgentHookFacts[]> {
  return Promise.all(
    agentInstalls.map(async (install) => {
      const { agent, title } = install;
      const installed = settings.flatMap(({ hooks, ...each }) =>
        each.agent === agent && each.scope !== null && hooks.kind === 'installed' && !hooks.isDisabled ? [hooks] : [],
      );
      const isTrusted = installed.some(({ untrustedEvents }) => untrustedEvents.length === 0);
      const state = installed.length === 0 ? 'missing' : isTrusted ? 'installed' : 'not-trusted';
      return { agent, title, isFound: await isAgentFound(install, surroundings), state } as const;
    }),
  );
}

async function hooksIn(agent: AgentInstall, file: string, surroundings: Surroundings): Promise<SettingsFacts['hooks']> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    return isMissing ? { kind: 'none' } : { kind: 'unreadable', why: errorText(error) };
  }
  if (text.trim() === '') return { kind: 'none' };
  const hooks = agent.installed(text);
  if ('problem' in hooks) return { kind: 'unreadable', why: hooks.detail };
  if (hooks.launchers.length === 0) return { kind: 'none' };
  const trust = await agent.trust?.(file, surroundings);
  const version = (await agent.seenVersion?.(surroundings)) ?? null;
  const misfit = agent.misfit?.(text, version) ?? null;
  return { kind: 'installed', ...hooks, untrustedEvents: trust?.skippedEvents ?? [], misfit };
}

/** What the hooks' launcher would start now. It is read, never run. */
export async function launcherFacts(stateFolder: string, env: Surroundings['env']): Promise<LauncherFacts> {
  const file = launcherFile(stateFolder);
  const text = await readFile(file, 'utf8').catch((error: unknown) => (errorCode(error) === 'ENOENT' ? null : ''));
  const target = text === null ? null : launcherTarget(text);
  const runtime = target?.runtimes.find(isExecutable) ?? (await findNode(env));
  return {
    file,
    state: text === null ? 'absent' : target === null ? 'not-ours' : 'present',
    isExecutable: process.platform === 'win32' || isExecutable(file),
    hook: target?.hook ?? null,
    hookExists: target !== null && existsSync(target.hook),
    runtime,
  };
}
