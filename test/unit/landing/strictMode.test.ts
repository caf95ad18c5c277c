import assert from 'node:assert/strict';
import type { ToolCall } from '../../../src/agents/agent.ts';
import { isNewWork } from '../../../src/landing/strictMode.ts';

const call = (work: ToolCall['work'], ...files: string[]): ToolCall => ({
  tool: 'x',
  files,
  summary: 'x',
  work,
  command: work === 'shell' ? 'npm test' : null,
});
const isNew = (of: ToolCall) =>
  isNewWork({
    call: of,
    existing: new Set(['/r/there.ts']),
    touched: new Set(['/r/deleted.ts']),
    ownFolder: '/r/.soft-landing',
  });

describe('strict mode', () => {
  it('takes subagents and files that are not there for new work', () => {
    assert.equal(isNew(call('subagent')), true);
    assert.equal(isNew(call('edit', '/r/new.ts')), true);
    assert.equal(isNew(call('edit', '/r/there.ts', '/r/new.ts')), true);
  });
  it('lets landing through: edits of what is there or was edited before, commands, looking, the hand-over', () => {
    for (const of of [
      call('edit', '/r/there.ts'),
      call('edit', '/r/deleted.ts'),
      call('shell'),
      call('other', '/r/new.ts'),
      call('edit', '/r/.soft-landing/HANDOVER.md'),
    ]) {
      assert.equal(isNew(of), false, JSON.stringify(of));
    }
  });
  it('is not fooled by a name that begins like our folder', () => {
    assert.equal(isNew(call('edit', '/r/.soft-landing-not/a.md')), true);
    assert.equal(isNew(call('edit', '/r/.soft-landing')), true);
  });
});
