import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { budgets, bundleNames } from '../test/support/budgets.ts';
import { printTable } from './figures.ts';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** What is shipped, in bytes. */
export function bundlesBench(): void {
  const rows = [...bundleNames(), 'webview/panel.css', 'soft-landing.vsix'].map((name) => {
    const budget = budgets[name];
    const file = `${dist}${name}`;
    const allowed = budget === undefined ? '–' : grouped(budget);
    if (!existsSync(file)) return [name, 'not built', '', allowed, ''];
    const bytes = readFileSync(file);
    const share = budget === undefined ? '' : `${((bytes.length / budget) * 100).toFixed(0)} %`;
    // The package is compressed already.
    const zipped = name.endsWith('.vsix') ? '' : grouped(gzipSync(bytes, { level: 9 }).length);
    return [name, grouped(bytes.length), zipped, allowed, share];
  });
  printTable(['dist/', 'bytes', 'gzip', 'budget', 'used'], rows);
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
