import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { budgets } from '../support/budgets.ts';

const root = resolve(import.meta.dirname, '..', '..');
const vsix = process.env['SOFT_LANDING_VSIX'] ?? join(root, 'dist', 'soft-landing.vsix');

describe('the package', () => {
  it('keeps its budget', () => {
    const { size } = statSync(vsix);
    console.log(`      ${size} bytes`);
    assert.ok(size <= (budgets['soft-landing.vsix'] ?? 0));
  });
});
