import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { codexTranscripts } from '../../../src/agents/codex/transcripts.ts';
import { emptyLandingState, type LandingState } from '../../../src/landing/landingState.ts';
import { withTranscripts } from '../../../src/landing/ownTranscripts.ts';

const session = '01a206e3-4160-71f3-bb45-25e912f8ef95';
const begin = Date.parse('2026-11-23T05:31:00Z');

/** A rollout as Codex writes it: of each response its use when it has come, the limits it came with when its tools are done. */
describe('the own transcript of a session of Codex', () => {
  let folder: string;
  let file: string;
  let state: LandingState;
  let total = 0;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'soft-landing-rollout-'));
    file = path.join(folder, `rollout-2026-11-23T05-31-00-${session}.jsonl`);
    total = 0;
    state = emptyLandingState('codex', session);
    put(0, 'session_meta', { id: session, session_id: session, cwd: '/home/dev/app' });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const put = (second: number, type: string, payload: object) =>
    appendFileSync(
      file,
      `${JSON.stringify({ timestamp: new Date(begin + second * 1000).toISOString(), type, payload })}\n`,
    );
  const counts = (input: number) => ({ input_tokens: input, output_tokens: 0 });
  const responds = (second: number, input: number) => {
    total += input;
    put(second, 'token_usage_record', {
      thread_id: session,
      response_id: `r${second}`,
      usage: counts(input),
      thread_token_usage: counts(total),
    });
  };
  const toolsAreDone = (second: number, usedPercent: number, resetIn = 7200) =>
    put(second, 'event_msg', {
      type: 'token_count',
      info: { total_token_usage: counts(total), last_token_usage: counts(total) },
      rate_limits: {
        primary: {
          used_percent: usedPercent,
          window_minutes: 300,
          // Told with each answer, and seconds apart.
          resets_at: begin / 1000 + resetIn,
        },
      },
    });
  const look = (second: number) => {
    state = withTranscripts(state, file, codexTranscripts, begin + second * 1000);
  };
  const uncounted = () => {
    const [reading] = state.readings;
    return state.uses.filter(({ at }) => at > (reading?.capturedAt ?? 0)).map(({ tokens }) => tokens.input);
  };

  it('has readings that stand before the response that they come with', () => {
    responds(1, 1000);
    look(2);
    assert.deepEqual(state.readings, []);
    toolsAreDone(3, 50);
    responds(4, 200);
    look(5);
    assert.deepEqual(
      state.readings.map(({ used }) => used),
      [0.5],
    );
    assert.deepEqual(uncounted(), [1000, 200]);
    toolsAreDone(6, 60, 7203);
    responds(7, 300);
    look(8);
    assert.deepEqual(uncounted(), [200, 300]);
    assert.deepEqual(
      state.firstReadings.map(({ used }) => used),
      [0.5],
    );
  });

  it('keeps apart what its newest reading does not count, and begins anew with a window', () => {
    for (let n = 0; n < 5; n += 1) responds(1 + n, 10);
    toolsAreDone(6, 50);
    responds(7, 30);
    look(400);
    // The response before the reading, of the same minute, is counted by it no less.
    assert.deepEqual(uncounted(), [10, 30]);
    toolsAreDone(410, 3, 30_000);
    look(411);
    assert.deepEqual(
      state.firstReadings.map(({ used }) => used),
      [0.03],
    );
  });
});
