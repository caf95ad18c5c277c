import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { budgets } from '../support/budgets.ts';
import { vsix } from '../support/packaged.ts';

describe('the package', () => {
  it('keeps its budget', () => {
    const { size } = statSync(vsix);
    console.log(`      ${size} bytes`);
    assert.ok(size <= (budgets['soft-landing.vsix'] ?? 0));
  });
});
