import { join, resolve } from 'node:path';

/** Of the project. */
export const root = resolve(import.meta.dirname, '..', '..');

/** The package that the tests install: the suite's own copy, or what `npm run package` made. */
export const vsix = process.env['SOFT_LANDING_VSIX'] ?? join(root, 'dist', 'soft-landing.vsix');
