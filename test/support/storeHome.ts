import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transcriptSources } from '../../src/agents/transcriptSources.ts';
import { newTokens, noTokens } from '../../src/protocol/usage.ts';
import { readUsage } from '../../src/usage/readUsage.ts';
import type { UsageScan } from '../../src/usage/scan.ts';
import type { ScanOptions } from '../../src/usage/scanOptions.ts';
import { plus } from '../../src/usage/sessions.ts';
import { usageCorpus, type CorpusTruth } from './usageCorpus.ts';

const corpus = usageCorpus({ seed: 21, sessions: 40, filler: 20 });
export const { files, truth } = corpus;

/** Reads a home through its store in a process of its own: home, state folder, how often. */
export const readingProgram = fileURLToPath(new URL('storedUsage.ts', import.meta.url));

/** A temporary home with the corpus' transcripts, and a state folder. */
export class StoreHome {
  readonly home = mkdtempSync(join(tmpdir(), 'soft-landing-store-'));
  readonly root = join(this.home, '.claude', 'projects');
  readonly state = join(this.home, 'state');
  readonly file = join(this.state, 'usage', 'responses.bin');

  options({ home = this.home, sinceMs = null }: { home?: string; sinceMs?: number | null } = {}): ScanOptions {
    const surroundings = { home, env: {}, platform: process.platform };
    return { sources: transcriptSources, surroundings, stateFolder: this.state, sinceMs };
  }

  /** As a process does that has just started. */
  read(options: { home?: string; sinceMs?: number } = {}): Promise<UsageScan> {
    return readUsage(this.options(options));
  }

  put(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  putAll(): void {
    for (const [path, lines] of files) this.put(path, textOf(lines));
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

export function textOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

export function rowOf(id: string): string {
  const usage = { input_tokens: 1, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
  return JSON.stringify({
    type: 'assistant',
    uuid: `u${id}`,
    timestamp: '2026-11-20T10:00:00.000Z',
    sessionId: 'late',
    requestId: `req_${id}`,
    cwd: '/repo',
    message: { id: `msg_${id}`, model: 'opus', usage },
  });
}

/** One response of `rowOf` more. */
export function withOne(of: CorpusTruth): CorpusTruth {
  const tokens = plus(of.tokens, { ...noTokens, input: 1, output: 1 });
  return { ...of, responses: of.responses + 1, tokens, bySession: new Map([...of.bySession, ['late', 2]]) };
}

export function check(scan: UsageScan, wanted: CorpusTruth, when: string, more = 0): void {
  const all = [...scan.ledger.responses()];
  assert.equal(all.length, wanted.responses + more, when);
  if (more > 0) return;
  assert.deepEqual(all.map(({ tokens }) => tokens).reduce(plus, noTokens), wanted.tokens, when);
  const sessions = scan.snapshot().sessions.map(({ sessionId, tokens }) => [sessionId, newTokens(tokens)] as const);
  assert.deepEqual(new Map(sessions), wanted.bySession, when);
}
