import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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

  it('holds what it needs and nothing else', () => {
    const vsce = join(root, 'node_modules', '.bin', 'vsce');
    const listed = execFileSync(vsce, ['ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    assert.deepEqual(listed.sort(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/agentInstall.cjs',
      'dist/checkpoints.cjs',
      'dist/cli.cjs',
      'dist/commitMode.cjs',
      'dist/display.cjs',
      'dist/extension.cjs',
      'dist/hook.cjs',
      'dist/landing.cjs',
      'dist/mcp.cjs',
      'dist/onDemand.cjs',
      'dist/planActions.cjs',
      'dist/rareActions.cjs',
      'dist/recorder.cjs',
      'dist/sessionStart.cjs',
      'dist/statuslineInstall.cjs',
      'dist/usageWorker.cjs',
      'dist/webview/panel.css',
      'dist/webview/panel.js',
      'media/icon.png',
      'media/icon.svg',
      'media/screenshot.png',
      'media/viewIcon.svg',
      'package.json',
    ]);
  });
});
