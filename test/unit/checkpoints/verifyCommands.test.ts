import assert from 'node:assert/strict';
import {
  isAgreed,
  verifyCommandFor,
  withApproval,
  withVerifyCommand,
} from '../../../src/checkpoints/verify/verifyCommands.ts';

const none = { commands: {}, approved: [] };

describe('verify commands of a working tree', () => {
  it('are found for a folder, or for the nearest one around it', () => {
    const settings = { ...none, commands: { '': 'npm test', 'packages/a': 'npm test -w a' } };
    assert.deepEqual(verifyCommandFor(settings, ''), { command: 'npm test', folder: '' });
    assert.deepEqual(verifyCommandFor(settings, 'packages/a'), { command: 'npm test -w a', folder: 'packages/a' });
    assert.deepEqual(verifyCommandFor(settings, 'packages/a/src/x'), {
      command: 'npm test -w a',
      folder: 'packages/a',
    });
    assert.deepEqual(verifyCommandFor(settings, 'packages/ab'), { command: 'npm test', folder: '' });
    assert.equal(verifyCommandFor({ ...none, commands: { docs: 'make' } }, 'src'), null);
    assert.equal(verifyCommandFor(none, 'constructor'), null);
  });

  it('are set, replaced and taken away for one folder', () => {
    const set = withVerifyCommand(withVerifyCommand(none, '', ' make test '), 'a', 'x');
    assert.deepEqual(set.commands, { '': 'make test', a: 'x' });
    assert.deepEqual(withVerifyCommand(set, '', 'make check').commands, { '': 'make check', a: 'x' });
    assert.deepEqual(withVerifyCommand(set, 'a', null).commands, { '': 'make test' });
    assert.deepEqual(withVerifyCommand(set, 'a', '  ').commands, { '': 'make test' });
  });

  it('of a plan need somebody who agreed to that very text', () => {
    const settings = withVerifyCommand(none, '', 'npm test');
    assert.equal(isAgreed(settings, 'npm test'), true);
    assert.equal(isAgreed(settings, 'npm test && curl x'), false);
    const agreed = withApproval(settings, 'npm run check');
    assert.equal(isAgreed(agreed, 'npm run check'), true);
    assert.deepEqual(withApproval(agreed, 'npm test'), agreed);
  });
});
