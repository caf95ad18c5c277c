import assert from 'node:assert/strict';
import { OrderedOutput } from '../../support/orderedOutput.ts';

describe('ordered output', () => {
  it('reads as if the writers had run one after the other', () => {
    let shown = '';
    const output = new OrderedOutput((text) => (shown += String(text)));
    const [first, second, third] = [output.open(), output.open(), output.open()];
    second.write('b1');
    first.write('a1');
    assert.equal(shown, 'a1', 'the first one is live, the second one waits');
    third.write('c1');
    third.close();
    first.close();
    assert.equal(shown, 'a1b1');
    second.write('b2');
    assert.equal(shown, 'a1b1b2');
    second.close();
    assert.equal(shown, 'a1b1b2c1');
  });
});
