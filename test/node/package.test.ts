import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleNames } from '../support/budgets.ts';

const root = resolve(import.meta.dirname, '..', '..');
const vsce = join(root, 'node_modules', '.bin', 'vsce');

describe('what is packaged', () => {
  it('is what it needs and nothing else', () => {
    const listed = execFileSync(vsce, ['ls', '--no-dependencies'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const expected = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      ...bundleNames().map((name) => `dist/${name}`),
      'dist/webview/panel.css',
      'l10n/bundle.l10n.de.json',
      'l10n/bundle.l10n.json',
      'media/icon.png',
      'media/icon.svg',
      'media/screenshot.png',
      'media/viewIcon.svg',
      'media/walkthrough/gauge.svg',
      'media/walkthrough/protect.svg',
      'media/walkthrough/reserve.svg',
      'media/walkthrough/reset.svg',
      'media/walkthrough/verify.svg',
      'package.json',
      'package.nls.de.json',
      'package.nls.json',
    ];
    assert.deepEqual(listed.sort(), expected.sort());
  });

  it('is packaged without a warning', () => {
    const folder = mkdtempSync(join(tmpdir(), 'soft-landing-package-'));
    try {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
        scripts: { package: string };
      };
      const options = scripts.package.split(' ').filter((word) => word.startsWith('--') && word !== '--out');
      // The entry points are built; the script's `vscode:prepublish` there is none.
      const run = spawnSync(vsce, ['package', ...options, '--out', join(folder, 'x.vsix')], {
        cwd: root,
        encoding: 'utf8',
        input: '',
      });
      assert.equal(run.status, 0, run.stderr);
      assert.doesNotMatch(`${run.stdout}${run.stderr}`, /WARN/i);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('the icon is a PNG of 256 by 256 pixels', () => {
    const png = readFileSync(join(root, 'media', 'icon.png'));
    assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [256, 256]);
  });
});
