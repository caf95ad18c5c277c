// Renders media/icon.png, which the marketplaces ask for, from its source media/icon.svg: `npx tsx scripts/renderIcon.ts`.
import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const size = 256;
const svg = await readFile(new URL('../media/icon.svg', import.meta.url), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: size, height: size }, deviceScaleFactor: 1 });
await page.setContent(`<body style="margin:0">${svg.replace('<svg', '<svg style="display:block"')}</body>`);
await writeFile(new URL('../media/icon.png', import.meta.url), await page.screenshot({ omitBackground: true }));
await browser.close();
