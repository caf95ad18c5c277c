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
      hookName: 'UserPromptSubmit',
      kind: 'prompt',
      prompt: 'Fix "it"\nplease',
      isAutoContinuation: false,
      isPlanMode: false,
    });
  });

  it('reads a pasted prompt without what Claude Code wraps around it', () => {
    // As the terminal interface gave them to a hook: all of it pasted, and some of it.
    const cases = [
      ['\n\n<pasted_content id="890d">\nWork on chunk 1\n</pasted_content id="890d">\n', '\n\nWork on chunk 1'],
      ['Why?\n<pasted_content id="4b">\nError: <b> "x"\n</pasted_content id="4b">\n', 'Why?\nError: <b> "x"'],
      ['What does <pasted_content> mean?', 'What does <pasted_content> mean?'],
    ] as const;
    for (const [given, wanted] of cases) {
      const event = parse({ hook_event_name: 'UserPromptSubmit', prompt: given });
      assert.equal(event?.kind === 'prompt' && event.prompt, wanted);
    }
  });

  it('knows a prompt in plan mode', () => {
    const isPlanMode = (mode: unknown) => {
      const event = parse({ hook_event_name: 'UserPromptSubmit', prompt: 'Plan it', permission_mode: mode });
      return event?.kind === 'prompt' && event.isPlanMode;
    };
    assert.deepEqual(['plan', 'default', 'acceptEdits', 7, undefined].map(isPlanMode), [
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('knows the prompt that Claude Code submits by itself after a reset', () => {
    const prompt =
      'Your claude.ai usage limit has reset. Continue the task you were working on when the limit was reached; do not repeat work that is already complete.';
    const event = parse({ hook_event_name: 'UserPromptSubmit', prompt });
    assert.equal(event?.kind === 'prompt' && event.isAutoContinuation, true);
  });

  it('reads how a session started, and takes a fork for going on', () => {
    const source = (value: unknown) => {
      const event = parse({ hook_event_name: 'SessionStart', source: value });
      return event?.kind === 'session' ? event.source : 'not a session';
    };
    assert.deepEqual(['startup', 'resume', 'clear', 'compact', 'fork', 'new kind', undefined].map(source), [
      'startup',
      'resume',
      'clear',
      'compact',
      'resume',
      null,
      null,
    ]);
  });

  it('reads what ends a turn and a session', () => {
    assert.equal(parse({ hook_event_name: 'StopFailure', error: 'rate_limit' })?.kind, 'failed');
    assert.equal(parse({ hook_event_name: 'PreCompact', trigger: 'auto' })?.kind, 'compact');
    assert.equal(parse({ hook_event_name: 'SessionEnd', reason: 'other' })?.kind, 'ended');
    const turn = (active: unknown) => {
      const event = parse({ hook_event_name: 'Stop', stop_hook_active: active });
      return event?.kind === 'turn' && event.isContinued;
    };
    assert.deepEqual([true, false, undefined, 'true'].map(turn), [true, false, false, false]);
  });

  it('tells the tools of one message as one: the weightiest, with the files of all', () => {
    const calls = [
      { tool_name: 'Read', tool_input: { file_path: '/repo/a.ts' } },
      { tool_name: 'Edit', tool_input: { file_path: 'b.ts' } },
      { tool_name: 'Bash', tool_input: { command: 'npm test' } },
      'broken',
    ];
    const event = parse({ hook_event_name: 'PostToolBatch', tool_calls: calls });
    assert.equal(event?.kind, 'tool-done');
    assert.deepEqual([event.tool, event.work, event.files], ['Edit', 'edit', ['/repo/a.ts', '/repo/b.ts']]);
    assert.equal(parse({ hook_event_name: 'PostToolBatch', tool_calls: 'none' })?.kind, 'tool-done');
  });

  it('tells new work from looking', () => {
    const work = (name: string, input: object) => {
      const event = parse({ hook_event_name: 'PreToolUse', tool_name: name, tool_input: input });
      return event?.kind === 'tool' && event.work;
    };
    assert.equal(work('Agent', { prompt: 'x' }), 'subagent');
    assert.equal(work('Task', { prompt: 'x' }), 'subagent');
    assert.equal(work('Read', { file_path: '/repo/a' }), 'other');
    assert.equal(work('Write', { file_path: '/repo/a' }), 'edit');
    assert.equal(work('Bash', { command: 'ls' }), 'shell');
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
    assert.equal(event?.kind === 'tool' && event.summary.includes('hunter2'), false);
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
