import assert from 'node:assert/strict';
import { carriesOurRefs } from '../../../src/checkpoints/outside/carriedRefs.ts';

describe('whether a remote carries our refs away', () => {
  const of = (...lines: string[]): boolean =>
    carriesOurRefs(
      lines.map((line) => {
        const [key = '', value = ''] = line.split('=');
        return { key: `remote.origin.${key}`, value };
      }),
    );

  it('a mirror does, however true is written, and a refspec as wide', () => {
    for (const line of ['mirror=true', 'mirror=', 'mirror=yes', 'push=refs/*:refs/*', 'push=+refs/*', 'push=refs/s*']) {
      assert.equal(of(line), true, line);
    }
    assert.equal(of('push=refs/soft-landing/main/*:refs/x/*'), true);
    assert.equal(of('fetch=+refs/*:refs/*'), true, 'a fetch with --prune would delete them');
  });

  it('ordinary remotes do not', () => {
    for (const line of ['mirror=false', 'push=refs/heads/*:refs/heads/*', 'push=:', 'push=HEAD', 'url=refs/*']) {
      assert.equal(of(line), false, line);
    }
    assert.equal(of('fetch=+refs/heads/*:refs/remotes/origin/*', 'fetch=+refs/*:refs/remotes/all/*'), false);
    assert.equal(of('push=refs/*:refs/*', 'push=^refs/soft-landing/*'), false);
    assert.equal(of('push=refs/*:refs/*', 'push=^refs/soft-landing/main/*'), true, 'leaves out only some');
  });

  it('one of several is enough, and a name may hold dots', () => {
    const entry = (name: string, value: string) => ({ key: `remote.${name}.mirror`, value });
    assert.equal(carriesOurRefs([entry('a', 'false'), entry('b.c', 'true')]), true);
  });
});
