import assert from 'node:assert/strict';
import { parseClaudeHookEvent } from '../../../src/agents/claude/hookEvent.ts';

const base = { session_id: 's1', transcript_path: '/t/s1.jsonl', cwd: '/repo' };
const parse = (fields: object) => parseClaudeHookEvent(JSON.stringify({ ...base, ...fields }));

describe('Claude Code hook events', () => {
  it('reads a prompt', () => {
    assert.deepEqual(parse({ hook_event_name: 'UserPromptSubmit', prompt: 'Fix "it"\nplease' }), {
      agent: 'claude',
      sessionId: 's1',
      cwd: '/repo',
      transcriptPath: '/t/s1.jsonl',
      subagentId: null,
      kind: 'prompt',
      prompt: 'Fix "it"\nplease',
    });
  });

  it('names the file a tool is about to change, relative where it lies in the folder', () => {
    const event = parse({
      hook_event_name: 'PreToolUse',
      tool_name: 'Edit',
      tool_input: { file_path: '/repo/src/a.ts' },
    });
    assert.equal(event?.kind, 'tool');
    assert.deepEqual(event.files, ['/repo/src/a.ts']);
    assert.equal(event.summary, 'Edit src/a.ts');
  });

  it('takes a notebook, a relative path, and a file outside of the folder', () => {
    const notebook = parse({
      hook_event_name: 'PreToolUse',
      tool_name: 'NotebookEdit',
      tool_input: { notebook_path: 'n.ipynb' },
    });
    assert.deepEqual(notebook?.kind === 'tool' && notebook.files, ['/repo/n.ipynb']);
    const outside = parse({ hook_event_name: 'PreToolUse', tool_name: 'Write', tool_input: { file_path: '/other/a' } });
    assert.equal(outside?.kind === 'tool' && outside.summary, 'Write /other/a');
  });

  it('does not repeat a shell command, which may hold a secret', () => {
    const event = parse({
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: 'curl -H "Authorization: hunter2"', description: 'Ask the server' },
    });
    assert.equal(event?.kind === 'tool' && event.summary, 'Bash: Ask the server');
    assert.equal(JSON.stringify(event).includes('hunter2'), false);
  });

  it('tells a subagent apart', () => {
    const event = parse({ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: {}, agent_id: 'a0f7' });
    assert.equal(event?.subagentId, 'a0f7');
  });

  it('passes on events it has no use for, and takes nothing for something', () => {
    assert.equal(parse({ hook_event_name: 'Notification' })?.kind, 'other');
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"hook_event_name":"Stop"}',
      '{"hook_event_name":7,"session_id":"s","cwd":"/"}',
    ]) {
      assert.equal(parseClaudeHookEvent(text), null, text);
    }
  });
});
