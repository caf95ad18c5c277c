import { cpSync } from 'node:fs';
import { join } from 'node:path';

/** What a real agent wrote (test/fixtures), where it belongs in a home, and what it says. */
export interface AgentSample {
  readonly agent: string;
  /** folder below test/fixtures -> folder below the home */
  readonly places: Readonly<Record<string, string>>;
  readonly needsSqlite: boolean;
  /** responses, input, output, cache writes and cache reads by session: what the APIs behind the agents served in these runs */
  readonly sessions: Readonly<Record<string, readonly [number, number, number, number, number]>>;
  readonly cwds: readonly string[];
  readonly models: readonly string[];
}

/** One entry per agent of src/agents/transcriptSources.ts; a test holds the two together. */
export const agentSamples: readonly AgentSample[] = [
  {
    agent: 'claude',
    places: { 'claude/transcripts': '.claude/projects' },
    needsSqlite: false,
    sessions: {
      '798dee4e-1d35-4138-9afc-1ebe0216d2cb': [5, 30, 483, 12_990, 49_690],
      '86fdee2a-7004-48b5-b6b0-f3ec979cce72': [5, 21, 191, 20_800, 28_200],
      // With its fork: together what its last cost-state says.
      '5f6b61f8-8bb2-44b7-813b-558d7af7e01b': [2, 12, 70, 12_590, 12_500],
      '23a2cce1-20bd-49ce-b0bc-bb1c645973ed': [4, 21, 200, 24_890, 24_500],
    },
    cwds: ['/home/dev/cc-clean/repo'],
    models: ['claude-opus-5-5'],
  },
  {
    agent: 'codex',
    places: { codex: '.codex' },
    needsSqlite: false,
    sessions: {
      '01a206e0-c620-7443-8c80-95dd72820754': [4, 10_100, 305, 0, 27_600],
      // Killed between the record of a response and its token_count.
      '01a206e3-4b4c-73f2-907e-8429854504c9': [2, 9_400, 220, 0, 8_900],
      // Refused, then resumed: five token_counts for four responses.
      '01a206e3-4160-71f3-bb45-25e912f8ef95': [4, 10_400, 305, 0, 27_500],
      // Its fork, whose totals go on from the parent's.
      '01a206e4-3441-7822-b3ac-567ea828c177': [2, 1_000, 85, 0, 18_600],
      '01a206e6-40d4-76b2-9c9b-ba075be3dfe8': [2, 9_400, 220, 0, 8_900],
      '01a206e6-7f68-7111-8460-de403487181b': [1, 200, 12, 0, 1_000],
      // Archived.
      '01a206e2-5204-77e3-bf6b-f93b9af3104d': [2, 9_400, 220, 0, 8_900],
    },
    cwds: ['/home/dev/cx-clean/repo', '/home/dev/cxtui4/repo'],
    models: ['gpt-5.5', 'gpt-6-sol'],
  },
  {
    agent: 'gemini',
    places: { gemini: '.gemini' },
    needsSqlite: false,
    sessions: { 'e3e5f18f-0e7f-40f2-a665-59ec1b2b7359': [2, 9_500, 114, 0, 8_800] },
    cwds: ['/home/dev/gm3/repo'],
    models: ['gemini-2.5-flash'],
  },
  {
    agent: 'opencode',
    places: { opencode: '.local/share/opencode' },
    needsSqlite: true,
    // The same as opencode's own sums in its session table.
    sessions: { ses_df5acc7daffe5OSuW4a5wyUivL: [4, 10_100, 138, 0, 27_400] },
    cwds: ['/home/dev/oc/repo'],
    models: ['m'],
  },
];

/** Puts an agent’s files into a home. */
export function placeSample({ places }: AgentSample, home: string): void {
  for (const [from, to] of Object.entries(places)) {
    cpSync(join(import.meta.dirname, '..', 'fixtures', from), join(home, to), { recursive: true });
  }
}
