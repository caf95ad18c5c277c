import assert from 'node:assert/strict';
import { surroundingsFor } from '../../../src/cli/surroundings.ts';

const own = {
  home: '/home/me',
  env: { CLAUDE_CONFIG_DIR: '/elsewhere/.claude', PATH: '/bin' },
  platform: 'linux',
} as const;

describe('--home', () => {
  it('without it everything is as it is', () => {
    assert.deepEqual(surroundingsFor(undefined, own), own);
  });

  it('keeps out of every folder beside the given one', () => {
    const { home, env } = surroundingsFor('/tmp/h', own);
    assert.equal(home, '/tmp/h');
    assert.equal(env['CLAUDE_CONFIG_DIR'], undefined);
    assert.equal(env['PATH'], '/bin');
  });

  it('heeds a variable that points into the given one', () => {
    const env = { CLAUDE_CONFIG_DIR: '/tmp/h/cfg,/elsewhere' };
    assert.equal(surroundingsFor('/tmp/h', { ...own, env }).env['CLAUDE_CONFIG_DIR'], '/tmp/h/cfg');
  });
});
