import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Surroundings } from '../../agents/agent.ts';
import {
  hasTaken,
  isRunningSessionFile,
  parseRunningSession,
  runningSessionsFolders,
  type RunningSession,
} from '../../agents/claude/runningSessions.ts';
import { editorModeFiles, keysToClear, saysVim } from '../../agents/claude/promptInput.ts';
import { lookAt } from '../../recovery/recordInterruption.ts';
import { worksIn } from '../../recovery/sessions.ts';
import { isAlive } from '../../store/fileLock.ts';
import { descendsFrom, readParents } from './processTree.ts';

/** Why a prompt cannot be sent: the words for the person follow from it. */
export type NoTerminal = 'none' | 'busy' | 'waiting';

interface AgentTerminal {
  readonly terminal: vscode.Terminal;
  readonly session: RunningSession;
  readonly registry: string;
}

/** Keys that come in one piece with others are taken for something else: an Escape for the beginning of a sequence. */
const betweenKeysMs = 150;
/** Terminal interfaces take what comes in one piece for a paste, an Enter in it included: so that comes by itself. */
const enterAfterMs = 400;
/** On a busy machine it can come in one piece with the line all the same, and is a line break then: the prompt waits for another one. */
const [takenWithinMs, lookEveryMs, mostEnters] = [2000, 100, 5];
/** The beginning of a prompt is enough to know it by, and it stands before what the agent answers. */
const [promptStart, mostNewBytes] = [60, 1_000_000];

/**
 * Types one line into the terminal of this window in which an agent works in that folder and waits for its user. Never into one that is
 * at work, or that was cut off by a limit and goes on by itself. Only Claude Code says of itself whether it is idle. What a person has half
 * typed there is taken out first, for it would be sent along; nobody can see whether there is any, so whoever calls says how it comes back.
 */
export async function sendToAgent(
  folder: string,
  line: string,
  surroundings: Surroundings,
): Promise<NoTerminal | 'sent'> {
  const found = await agentTerminals(folder, surroundings);
  if (found.length === 0) return 'none';
  const idle = found.filter(({ session }) => session.status === 'idle');
  if (idle.length === 0) return 'busy';
  const free: AgentTerminal[] = [];
  for (const one of idle) if (!(await isCutOff(one))) free.push(one);
  const chosen = free.find(({ terminal }) => terminal === vscode.window.activeTerminal) ?? free[0];
  if (!chosen) return 'waiting';
  const before = await transcriptBytes(chosen);
  chosen.terminal.show(true);
  for (const keys of keysToClear(await isVim(chosen))) {
    chosen.terminal.sendText(keys, false);
    await sleep(betweenKeysMs);
  }
  chosen.terminal.sendText(line, false);
  await sleep(enterAfterMs);
  chosen.terminal.sendText('', true);
  // Not waited for: the agent may be done sooner than this.
  void untilTaken(chosen, line, before);
  return 'sent';
}

/**
 * Enter again, as long as the agent goes on waiting for one. Of an answer that comes in no time the registry says nothing, but what was
 * asked stands in the transcript.
 * @param before the bytes of its transcript, until when it does not stand there
 */
async function untilTaken(agent: AgentTerminal, line: string, before: number): Promise<void> {
  const { terminal, session, registry } = agent;
  for (let enters = 1; enters < mostEnters; enters += 1) {
    const end = performance.now() + takenWithinMs;
    while (performance.now() < end) {
      await sleep(lookEveryMs);
      const now = await readFile(path.join(registry, `${session.pid}.json`), 'utf8').catch(() => '');
      if (hasTaken(session, parseRunningSession(now)) || terminal.exitStatus !== undefined) return;
      if (await isWritten(agent, line, before)) return;
    }
    terminal.sendText('', true);
  }
}

/** Whether its line is vim's, as far as the settings tell. */
async function isVim({ session: { cwd }, registry }: AgentTerminal): Promise<boolean> {
  const files = editorModeFiles(path.dirname(registry), cwd);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.some(saysVim);
}

async function agentTerminals(folder: string, surroundings: Surroundings): Promise<readonly AgentTerminal[]> {
  const sessions = (await runningSessions(surroundings)).filter(({ session }) => worksIn(session.cwd, [folder]));
  if (sessions.length === 0) return [];
  const parents = await readParents();
  const found: AgentTerminal[] = [];
  for (const terminal of vscode.window.terminals) {
    const shell = await terminal.processId;
    if (shell === undefined) continue;
    for (const { session, registry } of sessions) {
      if (descendsFrom(parents, session.pid, shell)) found.push({ terminal, session, registry });
    }
  }
  return found;
}

async function runningSessions(surroundings: Surroundings) {
  const all: { readonly session: RunningSession; readonly registry: string }[] = [];
  for (const registry of runningSessionsFolders(surroundings)) {
    const names = await readdir(registry).catch(() => []);
    for (const name of names.filter(isRunningSessionFile)) {
      const text = await readFile(path.join(registry, name), 'utf8').catch(() => '');
      const session = parseRunningSession(text);
      if (session && isAlive(session.pid)) all.push({ session, registry });
    }
  }
  return all;
}

/** Claude Code calls itself idle also while it waits for a limit's reset, to go on by itself. */
async function isCutOff(agent: AgentTerminal): Promise<boolean> {
  const transcript = await ownTranscript(agent);
  // No transcript: nothing was asked of it yet.
  if (transcript === null) return false;
  const ref = { agent: 'claude', sessionId: agent.session.sessionId, transcript };
  const { found } = await lookAt(ref, () => ({ now: Date.now(), process: 'running', told: null }));
  return found !== null;
}

/** 0: there is none yet. */
async function transcriptBytes(agent: AgentTerminal): Promise<number> {
  const transcript = await ownTranscript(agent);
  return transcript === null ? 0 : ((await stat(transcript).catch(() => null))?.size ?? 0);
}

/** Whether the transcript holds a prompt, from there on. Rows of the turn before come late, so that its growing tells nothing. */
async function isWritten(agent: AgentTerminal, line: string, from: number): Promise<boolean> {
  const transcript = await ownTranscript(agent);
  const file = transcript === null ? null : await open(transcript).catch(() => null);
  if (file === null) return false;
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(Math.max(0, size - from), mostNewBytes));
    await file.read(bytes, 0, bytes.length, from);
    return bytes.includes(JSON.stringify(line.slice(0, promptStart)).slice(1, -1));
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

function ownTranscript({ session: { sessionId }, registry }: AgentTerminal): Promise<string | null> {
  return transcriptOf(path.join(path.dirname(registry), 'projects'), sessionId);
}

async function transcriptOf(projects: string, sessionId: string): Promise<string | null> {
  for (const project of await readdir(projects).catch(() => [])) {
    const file = path.join(projects, project, `${sessionId}.jsonl`);
    if ((await stat(file).catch(() => null))?.isFile() === true) return file;
  }
  return null;
}
