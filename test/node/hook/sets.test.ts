import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runHook } from '../../../src/hook/runHook.ts';
import { useLabs, type Lab } from '../checkpoints/lab.ts';
import { ids, nest } from '../checkpoints/sets.ts';

describe('an agent that works in several repositories', () => {
  const make = useLabs();

  async function beforeTool(lab: Lab, file: string): Promise<readonly string[]> {
    const stateFolder = join(lab.outer, 'state');
    const input = { hook_event_name: 'PreToolUse', tool_name: 'Edit', tool_input: { file_path: file } };
    await runHook({
      agent: 'claude',
      stdin: JSON.stringify({ session_id: 's', cwd: lab.dir, transcript_path: '/t.jsonl', ...input }),
      stateFolder,
      surroundings: { home: lab.outer, env: {}, platform: process.platform },
      programDir: lab.outer,
      now: Date.now,
      signal: AbortSignal.timeout(20_000),
      waitMs: 1000,
      early: Promise.resolve(null),
      isGitAtWork: () => false,
    });
    const lines = readFileSync(join(stateFolder, 'log', 'events.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line) => (JSON.parse(line) as { readonly event: string }).event);
  }

  it('has what lies inside the one it works in saved with it, under one id', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const inner = nest(lab, 'inner', { 'b.txt': '1\n' });
    assert.deepEqual(await beforeTool(lab, join(lab.dir, 'a.txt')), ['checkpoint.created']);
    inner.write('b.txt', '2\n');
    assert.deepEqual((await beforeTool(lab, join(lab.dir, 'a.txt'))).slice(1), ['checkpoint.created']);
    assert.deepEqual(ids(lab), ids(inner));
    assert.equal(ids(lab).length, 2);
    assert.deepEqual((await beforeTool(lab, join(lab.dir, 'a.txt'))).slice(2), ['checkpoint.unchanged']);
  });
});
