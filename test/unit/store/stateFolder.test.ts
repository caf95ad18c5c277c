import assert from 'node:assert/strict';
import { stateFolder } from '../../../src/store/stateFolder.ts';

const home = '/home/dev';

describe('state folder', () => {
  it('is where SOFT_LANDING_HOME says', () => {
    assert.equal(stateFolder({ home, env: { SOFT_LANDING_HOME: '/x/y' }, platform: 'darwin' }), '/x/y');
  });

  it("follows each platform's convention", () => {
    assert.equal(stateFolder({ home, env: {}, platform: 'linux' }), '/home/dev/.local/state/soft-landing');
    assert.equal(stateFolder({ home, env: { XDG_STATE_HOME: '/s' }, platform: 'linux' }), '/s/soft-landing');
    assert.equal(
      stateFolder({ home, env: {}, platform: 'darwin' }),
      '/home/dev/Library/Application Support/soft-landing',
    );
  });

  it('ignores a relative XDG_STATE_HOME, as the specification demands', () => {
    const folder = stateFolder({ home, env: { XDG_STATE_HOME: 'state' }, platform: 'linux' });
    assert.equal(folder, '/home/dev/.local/state/soft-landing');
  });
});
