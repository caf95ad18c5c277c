import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { farFile } from '../../../src/install/launcher.ts';
import { landingStateFile } from '../../../src/landing/landingState.ts';
import { LandingLab, told } from './landingLab.ts';

describe('the truce of the hook, while everything is far', () => {
  let lab: LandingLab;

  beforeEach(() => {
    lab = new LandingLab();
  });
  afterEach(() => lab.remove());

  it('is kept, and ends in the reserve', async () => {
    lab.publish({ used: 0.1 });
    // Not before the first response: a budget of a session can be near at once.
    await lab.batch();
    assert.equal(existsSync(farFile(lab.state, 'claude')), false);
    lab.used(10);
    await lab.batch();
    const until = Number.parseInt(readFileSync(farFile(lab.state, 'claude'), 'utf8'), 10) - Date.now() / 1000;
    assert.ok(until > 60 && until <= 120, String(until));
    lab.publish({ used: 0.85 });
    await lab.batch();
    assert.equal(existsSync(farFile(lab.state, 'claude')), false);
  });

  it('looks at no command and no prompt, but at each edit, and at all once new limits are published', async () => {
    lab.publish({ used: 0.1 });
    lab.used(10);
    await lab.batch();
    const seen = (): string => readFileSync(landingStateFile(lab.state, 'claude', 's1'), 'utf8');
    const command = { tool_name: 'Bash', tool_input: { command: 'npm test' } };
    const before = seen();
    lab.used(10);
    await lab.hook('UserPromptSubmit', { prompt: 'Rename it' });
    await lab.hook('PreToolUse', command);
    assert.equal(seen(), before);
    await lab.hook('PreToolUse', { tool_name: 'Edit', tool_input: { file_path: path.join(lab.repo, 'there.ts') } });
    assert.notEqual(seen(), before);
    lab.used(10);
    lab.publish({ used: 0.85 });
    assert.match(told(await lab.hook('PreToolUse', command)), /85 %/);
  });

  it('looks at each command while only the user’s own budgets are known: the vendor’s first word can be that little is left', async () => {
    await lab.prefer({ budgets: { tokensPerSession: 1_000_000 } });
    lab.used(10);
    await lab.batch();
    assert.ok(existsSync(farFile(lab.state, 'claude')));
    const seen = (): string => readFileSync(landingStateFile(lab.state, 'claude', 's1'), 'utf8');
    const before = seen();
    lab.used(10);
    await lab.hook('PreToolUse', { tool_name: 'Bash', tool_input: { command: 'npm test' } });
    assert.notEqual(seen(), before);
  });

  it('looks at a prompt where the reserve is learned from the turns before', async () => {
    await lab.prefer({ reserveMode: 'learned' });
    lab.publish({ used: 0.1 });
    lab.used(10);
    await lab.batch();
    const before = readFileSync(landingStateFile(lab.state, 'claude', 's1'), 'utf8');
    lab.used(10);
    await lab.hook('UserPromptSubmit', { prompt: 'Rename it' });
    assert.notEqual(readFileSync(landingStateFile(lab.state, 'claude', 's1'), 'utf8'), before);
  });
});
