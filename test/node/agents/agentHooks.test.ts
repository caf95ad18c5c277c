import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { AgentHooks, HookEvent } from '../../../src/agents/agent.ts';
import { agentHooks } from '../../../src/agents/agentHooks.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'hooks');

/** What each recorded stdin says: its kind, and of a tool call what it does to which files. */
const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  claude: {
    PostToolBatch: 'tool-done other app.js',
    PreCompact: 'compact',
    'PreToolUse.Agent': 'tool subagent',
    'PreToolUse.Bash': 'tool shell',
    'PreToolUse.Edit': 'tool edit app.js',
    'PreToolUse.Edit.subagent': 'tool edit app.js',
    SessionEnd: 'ended',
    'SessionStart.startup': 'session startup',
    Stop: 'turn',
    StopFailure: 'failed',
    UserPromptSubmit: 'prompt',
  },
  codex: {
    'PostToolUse.Bash': 'tool-done shell',
    'PostToolUse.apply_patch': 'tool-done edit app.js NOTES.md',
    'PreToolUse.Bash': 'tool shell',
    'PreToolUse.apply_patch': 'tool edit app.js NOTES.md',
    SessionEnd: 'ended',
    'SessionStart.fork': 'session',
    'SessionStart.resume': 'session resume',
    'SessionStart.startup': 'session startup',
    Stop: 'turn',
    UserPromptSubmit: 'prompt',
  },
  gemini: {
    AfterAgent: 'turn',
    'AfterTool.read_file': 'tool-done other',
    'AfterTool.replace': 'tool-done edit app.js',
    BeforeAgent: 'prompt',
    'BeforeTool.read_file': 'tool other',
    'BeforeTool.replace': 'tool edit app.js',
    'BeforeTool.run_shell_command': 'tool shell',
    'BeforeTool.write_file': 'tool edit NOTES.md',
    'PreCompress.auto': 'other',
    SessionEnd: 'ended',
    'SessionStart.startup': 'session startup',
  },
  opencode: {
    ended: 'ended',
    failed: 'failed',
    prompt: 'prompt',
    session: 'session',
    'tool.bash': 'tool shell',
    'tool.task': 'tool subagent',
    'tool.write.subagent': 'tool edit N.md',
    'tool-done.task': 'tool-done subagent',
    'tool-done.write.subagent': 'tool-done edit N.md',
    turn: 'turn',
  },
};

function told(event: HookEvent): string {
  if (event.kind === 'session') return ['session', ...(event.source ? [event.source] : [])].join(' ');
  if (event.kind !== 'tool' && event.kind !== 'tool-done') return event.kind;
  return [event.kind, event.work, ...event.files.map((file) => path.relative(event.cwd, file))].join(' ');
}

for (const [agent, samples] of Object.entries(expected)) {
  describe(`hooks of ${agent}`, () => {
    const stdin = (name: string): string => readFileSync(path.join(fixtures, agent, `${name}.json`), 'utf8');
    const hooks = (): AgentHooks => {
      const found = agentHooks(agent);
      assert.ok(found);
      return found;
    };
    const parsed = (name: string): HookEvent => {
      const event = hooks().parse(stdin(name));
      assert.ok(event, name);
      return event;
    };
    const events = (): readonly HookEvent[] => Object.keys(samples).map(parsed);

    it('are recorded, each with an expectation', () => {
      const names = readdirSync(path.join(fixtures, agent)).map((name) => path.basename(name, '.json'));
      assert.deepEqual(names.sort(), Object.keys(samples).sort());
    });

    it('are understood as they were recorded', () => {
      const found = Object.keys(samples).map((name) => [name, told(parsed(name))]);
      assert.deepEqual(Object.fromEntries(found), samples);
    });

    it('name the session and where it works, whatever happens', () => {
      for (const event of events()) {
        assert.equal(event.agent, agent);
        assert.ok(event.sessionId.length > 8 && path.isAbsolute(event.cwd), JSON.stringify(event));
      }
    });

    it('never repeat a shell command in a summary', () => {
      for (const event of events()) {
        if ((event.kind !== 'tool' && event.kind !== 'tool-done') || event.command === null) continue;
        assert.ok(!event.summary.includes(event.command), event.summary);
      }
    });

    it('print nothing where there is nothing to say', () => {
      for (const event of events()) assert.equal(hooks().answer(event, {}), '');
    });

    it('hand on what is said exactly where it is heard', () => {
      for (const event of events()) {
        const isHeard = hooks().hearing.has(event.kind);
        const answer = hooks().answer(event, { tellAgent: 'WORDS "for" it' });
        assert.equal(answer.includes('WORDS'), isHeard, `${event.kind}: ${answer}`);
        // One JSON object and nothing else: what an agent cannot read it may show to the model.
        if (answer !== '') assert.equal(typeof JSON.parse(answer), 'object');
      }
    });

    it('can refuse a tool, with the reason, and nothing that is done', () => {
      for (const event of events()) {
        const answer = hooks().answer(event, { deny: 'REASON' });
        if (event.kind === 'tool') assert.ok(answer.includes('REASON'), answer);
        if (event.kind === 'tool-done' || event.kind === 'turn') assert.equal(answer, '');
      }
    });

    it('take anything for input and never throw', () => {
      for (const text of ['', '{', 'null', '[]', '{}', '"text"', '{"hook_event_name":1}']) {
        assert.equal(hooks().parse(text), null, text);
      }
      const names = Object.keys(samples);
      fc.assert(
        fc.property(fc.constantFrom(...names), fc.nat(), fc.jsonValue(), (name, at, value) => {
          const input = JSON.parse(stdin(name)) as Record<string, unknown>;
          const keys = Object.keys(input);
          const damaged = { ...input, [keys[at % keys.length] ?? '']: value };
          const event = hooks().parse(JSON.stringify(damaged));
          if (event) hooks().answer(event, { tellAgent: 'a', tellUser: 'b', deny: 'c' });
        }),
        { numRuns: 300 },
      );
    });
  });
}
