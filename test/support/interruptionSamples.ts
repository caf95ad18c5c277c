import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '../../src/recovery/findInterruption.ts';
import type { SessionRef } from '../../src/recovery/readWork.ts';
import type { InterruptionReason } from '../../src/protocol/interruption.ts';

/** A session that a real agent left behind, and what is to be said of it. */
export interface InterruptionSample {
  readonly name: string;
  readonly agent: string;
  readonly ref: SessionRef;
  /** of the agent's process when somebody looks; `ended` unless said otherwise, the hardest case: nothing may be taken for a kill */
  readonly process: Evidence['process'];
  readonly expected: ExpectedCut | null;
}

export interface ExpectedCut {
  readonly reason: InterruptionReason;
  /** an ISO instant; null: not told */
  readonly resetsAt: string | null;
  readonly continuesItself?: boolean;
  readonly isInSubagent?: boolean;
}

const fiveHours = (resetsAt: string): ExpectedCut => ({ reason: 'usage-limit', resetsAt });
const rateLimit: ExpectedCut = { reason: 'rate-limit', resetsAt: null };
const killed: ExpectedCut = { reason: 'killed', resetsAt: null };

/** Claude Code: folder below `projects`, or `folder/session` where it holds several. */
const claude: Readonly<Record<string, ExpectedCut | null>> = {
  '-429-inside-subagent': fiveHours('2026-11-23T07:39:37Z'),
  // Cut off, taken up again by hand, finished; and a fork of it.
  '-429-then-resumed-then-forked/23a2cce1-20bd-49ce-b0bc-bb1c645973ed': null,
  '-429-then-resumed-then-forked/5f6b61f8-8bb2-44b7-813b-558d7af7e01b': null,
  '-clean-multitool-print': null,
  '-clean-multitool-tui': null,
  // By hand, between two turns.
  '-compact': null,
  '-credit-balance-too-low': { reason: 'credit', resetsAt: null },
  '-cut-by-429-5h-oauth-print': fiveHours('2026-11-23T07:01:46Z'),
  '-cut-by-429-weekly-oauth-print': fiveHours('2026-11-25T12:35:06Z'),
  '-hook-context-injection': null,
  // The user's own hook ended the turn.
  '-hook-continue-false': null,
  '-hook-deny': null,
  '-overloaded-529': { reason: 'overloaded', resetsAt: null },
  '-parallel-edits-one-message': null,
  '-plain-429-10-retries-apikey': rateLimit,
  '-plain-429-10-retries-oauth': rateLimit,
  // Ctrl-C: the user wanted it so.
  '-sigint-mid-edit': null,
  '-sigkill-mid-edit': killed,
  '-sigkill-mid-edit-then-continue': null,
  '-stream-cut-then-nonstream': null,
  '-subagent-background': null,
  '-subagent-foreground': null,
  // It had been set to go on by itself, but was closed while it waited.
  '-tui-429-autocontinue-armed': fiveHours('2026-11-23T07:12:39Z'),
  '-tui-429-autocontinue-waiting': { ...fiveHours('2026-11-23T05:14:17Z'), continuesItself: true },
  '-tui-429-autocontinued-after-reset': null,
  '-tui-429-dialog-autocontinue-off': fiveHours('2026-11-23T07:17:30Z'),
};

const codex: Readonly<Record<string, ExpectedCut | null>> = {
  '429-then-resumed-then-forked/31-26': null,
  '429-then-resumed-then-forked/32-28': null,
  'clean-multitool-exec': null,
  'cut-by-429-usage-limit-chatgpt': fiveHours('2026-11-23T07:30:24Z'),
  'cut-by-429-usage-limit-provider': fiveHours('2026-11-23T07:30:33Z'),
  'hook-context-injection': null,
  'hook-deny': null,
  'insufficient-quota': { reason: 'credit', resetsAt: null },
  'plain-429': rateLimit,
  'sigkill-mid-patch': killed,
  'tui-429/34-42': fiveHours('2026-11-23T07:34:38Z'),
  'tui-429/34-58': null,
};

function filesOf(name: string, root: string): string {
  const [inside = '', part = ''] = name.split('/');
  const file = readdirSync(join(root, inside)).find((each) => each.endsWith('.jsonl') && each.includes(part));
  if (file === undefined) throw new Error(`no sample ${name}`);
  return join(root, inside, file);
}

/**
 * Every sample there is: a sample without an expectation would be missed by a test.
 * @param folder where they lie
 */
export function interruptionSamples(folder: string): readonly InterruptionSample[] {
  const claudeRoot = join(folder, 'claude', 'projects');
  const codexRoot = join(folder, 'codex');
  const sessionIn = (file: string) => /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?=\.jsonl$)/.exec(file)?.[0] ?? '';
  const lines = (agent: string, root: string, table: Readonly<Record<string, ExpectedCut | null>>) =>
    Object.entries(table).map(([name, expected]): InterruptionSample => {
      const transcript = filesOf(name, root);
      const process = expected?.continuesItself === true ? 'running' : 'ended';
      return {
        name: `${agent}: ${name}`,
        agent,
        ref: { agent, sessionId: sessionIn(transcript), transcript },
        process,
        expected,
      };
    });
  const gemini = join(folder, 'gemini', 'session-2026-11-23T05-37-e3e5f18f.jsonl');
  return [
    ...lines('claude', claudeRoot, claude),
    ...lines('codex', codexRoot, codex),
    {
      // Refused with 429, and nothing of it in the chat: only that the process is gone shows it.
      name: 'gemini: cut by a 429',
      agent: 'gemini',
      ref: { agent: 'gemini', sessionId: 'e3e5f18f-0e7f-40f2-a665-59ec1b2b7359', transcript: gemini },
      process: 'ended',
      expected: killed,
    },
  ];
}

/** Names of the samples that lie there: what the table above has to cover. */
export function sampleFolders(folder: string): readonly string[] {
  return [
    ...readdirSync(join(folder, 'claude', 'projects')).map((name) => `claude: ${name}`),
    ...readdirSync(join(folder, 'codex')).map((name) => `codex: ${name}`),
  ];
}

export function opencodeSample(folder: string): SessionRef {
  const transcript = join(folder, 'opencode', 'opencode.db');
  return { agent: 'opencode', sessionId: 'ses_de0ae5d4effey2lSBAqp7C0Lul', transcript };
}
