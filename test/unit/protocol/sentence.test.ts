import assert from 'node:assert/strict';
import { CheckpointError } from '../../../src/checkpoints/failure.ts';
import { phrase, said } from '../../../src/protocol/sentence.ts';

describe('sentences of failures', () => {
  it('are English as they stand, and keep what they are about apart', () => {
    const told = said('{1} holds {0} and {0}.', 2, 'a {0}');
    assert.equal(told.message, 'a {0} holds 2 and 2.');
    assert.deepEqual(told.sentence, { text: '{1} holds {0} and {0}.', values: [2, 'a {0}'] });
  });

  it('hold others, and leave a place without a value as it is', () => {
    assert.equal(said('No: {0}.', phrase('it is {0}', 'home')).message, 'No: it is home.');
    assert.equal(said('{0} {1}', 'one').message, 'one {1}');
  });

  it('come out of an error of the engine as they went in', () => {
    const { message, failure } = new CheckpointError('not-found', 'There is no checkpoint {0} in {1}.', ['x', '/a']);
    assert.equal(message, 'There is no checkpoint x in /a.');
    assert.deepEqual(failure, { reason: 'not-found', ...said('There is no checkpoint {0} in {1}.', 'x', '/a') });
  });
});
