import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LimitWindow } from '../../../src/protocol/limits.ts';
import { limitsFile } from '../../../src/store/stateFiles.ts';
import { defaultPreferences, publishPreferences, type Preferences } from '../../../src/store/preferences.ts';
import { hookPath } from '../../support/softLanding.ts';

export interface Answer {
  readonly hookSpecificOutput?: {
    readonly hookEventName: string;
    readonly additionalContext?: string;
    readonly permissionDecision?: string;
    readonly permissionDecisionReason?: string;
  };
  readonly systemMessage?: string;
  readonly decision?: string;
  readonly reason?: string;
}

/** The real hook on a session of Claude Code: its transcript, published limits and preferences, each test with its own. */
export class LandingLab {
  readonly outer = mkdtempSync(path.join(tmpdir(), 'soft-landing-landing-'));
  readonly state = path.join(this.outer, 'state');
  readonly repo = path.join(this.outer, 'repo');
  readonly transcript = path.join(this.outer, '.claude', 'projects', 'p', 's1.jsonl');
  #id = 0;

  constructor() {
    mkdirSync(path.dirname(this.transcript), { recursive: true });
    mkdirSync(this.repo);
    mkdirSync(this.state);
    writeFileSync(this.transcript, '');
    writeFileSync(path.join(this.repo, 'there.ts'), '1\n');
  }

  remove(): void {
    rmSync(this.outer, { recursive: true });
  }

  prefer(preferences: Partial<Preferences>): Promise<boolean> {
    return publishPreferences(this.state, { ...defaultPreferences, ...preferences });
  }

  /** Appends a response. */
  used(outputTokens: number, file = this.transcript): void {
    this.#id += 1;
    const message = {
      id: `msg_${this.#id}`,
      model: 'm',
      usage: { input_tokens: 0, output_tokens: outputTokens },
    };
    const row = { type: 'assistant', sessionId: 's1', requestId: `req_${this.#id}`, timestamp: new Date(), message };
    // Each content block has a row, with the same usage.
    const line = `${JSON.stringify({ ...row, timestamp: row.timestamp.toISOString() })}\n`;
    mkdirSync(path.dirname(file), { recursive: true });
    appendFileSync(file, line + line);
  }

  publish(...windows: Partial<LimitWindow>[]): void {
    const now = Date.now();
    const whole = windows.map((window) => ({
      agent: 'claude',
      account: path.join(this.outer, '.claude'),
      window: 'five_hour',
      label: '5-hour window',
      session: null,
      used: 0.5,
      resetsAt: now + 3_600_000,
      capturedAt: now - 60_000,
      source: 'statusline',
      confidence: 'official',
      error: null,
      drift: { '': { input: 1, output: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 0 } },
      ...window,
    }));
    writeFileSync(limitsFile(this.state), JSON.stringify({ v: 1, at: now, windows: whole }));
  }

  async hook(name: string, more: object = {}): Promise<Answer | null> {
    const { repo, transcript } = this;
    const input = { hook_event_name: name, session_id: 's1', cwd: repo, transcript_path: transcript, ...more };
    const child = spawn(process.execPath, [hookPath, 'claude'], {
      cwd: repo,
      env: { PATH: process.env['PATH'], HOME: this.outer, SOFT_LANDING_HOME: this.state },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(JSON.stringify(input));
    assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
    return output === '' ? null : (JSON.parse(output) as Answer);
  }

  batch(more: object = {}): Promise<Answer | null> {
    return this.hook('PostToolBatch', { tool_calls: [], ...more });
  }
}

export function told(answer: Answer | null): string {
  return answer?.hookSpecificOutput?.additionalContext ?? '';
}
