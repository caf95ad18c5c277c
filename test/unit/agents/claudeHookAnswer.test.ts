import assert from 'node:assert/strict';
import type { HookAnswer } from '../../../src/agents/agent.ts';
import { claudeHooks } from '../../../src/agents/claude/hooks.ts';

const everything: HookAnswer = { tellAgent: 'for the agent', tellUser: 'for the person', deny: 'because' };

/** What is printed for an event of that name, as data; '' for nothing. */
function printed(name: string, answer: HookAnswer, more: object = {}): unknown {
  const event = claudeHooks.parse(JSON.stringify({ hook_event_name: name, session_id: 's', cwd: '/repo', ...more }));
  assert.ok(event);
  const text = claudeHooks.answer(event, answer);
  return text === '' ? '' : JSON.parse(text);
}

describe('Claude Code hook answers', () => {
  it('prints nothing where there is nothing to say', () => {
    for (const name of ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolBatch', 'Stop', 'Notification']) {
      assert.equal(printed(name, {}), '', name);
    }
  });

  it('gives the model context under the name of the event it answers', () => {
    for (const name of ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PostToolBatch']) {
      assert.deepEqual(printed(name, { tellAgent: 'x' }), {
        hookSpecificOutput: { hookEventName: name, additionalContext: 'x' },
      });
    }
  });

  it('refuses a tool with a reason that the model reads, and never with continue', () => {
    assert.deepEqual(printed('PreToolUse', everything), {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: 'because',
        additionalContext: 'for the agent',
      },
      systemMessage: 'for the person',
    });
  });

  it('refuses a prompt', () => {
    assert.deepEqual(printed('UserPromptSubmit', { tellAgent: 'x', deny: 'because' }), {
      decision: 'block',
      reason: 'because',
    });
  });

  it('makes a turn go on at Stop', () => {
    assert.deepEqual(printed('Stop', { tellAgent: 'x' }), { decision: 'block', reason: 'x' });
  });

  it('tells only the person where the model cannot be told', () => {
    for (const name of ['StopFailure', 'PreCompact', 'SessionEnd']) {
      assert.deepEqual(printed(name, everything), { systemMessage: 'for the person' }, name);
    }
  });
});
