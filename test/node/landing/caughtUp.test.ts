import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseClaudeHookEvent } from '../../../src/agents/claude/hookEvent.ts';
import { untilCaughtUp } from '../../../src/landing/caughtUp.ts';

const sent = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/hooks/claude', name), 'utf8');

describe('a transcript that is written after the fact', () => {
  let folder: string;
  let transcript: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'soft-landing-caught-up-'));
    transcript = join(folder, 's1.jsonl');
    writeFileSync(transcript, '{"type":"user"}\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Whether it was still waited for when the words were written. */
  const isWaitedFor = async (file: string, words: string, subagentId: string | null): Promise<boolean> => {
    let isWritten = false;
    const timer = setTimeout(() => {
      isWritten = true;
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `{"content":"${words}"}\n`);
    }, 60);
    await untilCaughtUp(transcript, { writtenLast: words, subagentId });
    clearTimeout(timer);
    return isWritten;
  };

  it('is waited for, until it holds what the event follows', async () => {
    assert.equal(await isWaitedFor(transcript, 'toolu_1', null), true);
    assert.equal(await isWaitedFor(transcript, 'toolu_1', null), false, 'it stands there already');
  });

  it('is the subagent’s own in a subagent', async () => {
    appendFileSync(transcript, '{"content":"toolu_2"}\n');
    assert.equal(await isWaitedFor(join(folder, 's1', 'subagents', 'agent-a1.jsonl'), 'toolu_2', 'a1'), true);
  });

  it('is not waited for without end, nor where nothing is known to come', async () => {
    const started = performance.now();
    await untilCaughtUp(transcript, { writtenLast: 'never', subagentId: null });
    await untilCaughtUp(join(folder, 'none.jsonl'), { writtenLast: 'never', subagentId: null });
    assert.ok(performance.now() - started >= 590, 'it gave up at once');
    await untilCaughtUp(transcript, { subagentId: null });
  });

  it('is told by Claude Code’s events what to hold: the last tool’s id, the message’s first words', () => {
    assert.equal(parseClaudeHookEvent(sent('PostToolBatch.json'))?.writtenLast, 'toolu_01QbjjS5V2SUaXjsxBCI0hGH');
    assert.equal(parseClaudeHookEvent(sent('Stop.json'))?.writtenLast, 'Done: add() is fixed and NOTES.md is written.');
    const stop = JSON.parse(sent('Stop.json')) as Record<string, unknown>;
    const after = (message: unknown) =>
      parseClaudeHookEvent(JSON.stringify({ ...stop, last_assistant_message: message }));
    assert.equal(after(undefined)?.writtenLast, undefined);
    assert.equal(after(7)?.kind, 'turn');
    assert.equal(after('\n He said "no".\nThen left.')?.writtenLast, 'He said \\"no\\".');
  });
});
