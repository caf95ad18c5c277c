// One configuration for every bundle (dist/extension.cjs, hook.cjs, cli.cjs, usageWorker.cjs, webview/panel.{js,css}).
import { chmod, rm } from 'node:fs/promises';
import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');
const outdir = 'dist';

/** @type {import('esbuild').BuildOptions} */
const shared = { bundle: true, minify: true, sourcemap: watch, legalComments: 'none', logLevel: 'warning' };

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  outdir,
  // jsonc-parser's main is UMD, whose require() no bundler can follow.
  mainFields: ['module', 'main'],
};

/** @type {import('esbuild').BuildOptions[]} */
export const bundles = [
  // VS Code 1.101 is the first host on Node 22 and our engine floor.
  { ...node, target: 'node22', external: ['vscode'], entryPoints: { extension: 'src/extension.ts' } },
  // These run on whatever Node the user has (>= 18), and the worker also inside the CLI's process.
  { ...node, target: 'node18', entryPoints: { hook: 'src/hook/main.ts' } },
  {
    ...node,
    target: 'node18',
    entryPoints: { cli: 'src/cli/main.ts', usageWorker: 'src/usage/worker.ts' },
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    outdir: `${outdir}/webview`,
    entryPoints: { panel: 'src/webview/panel.tsx' },
  },
];

if (process.argv[1] !== import.meta.filename) {
  // Imported by a test that looks at the options.
} else if (watch) {
  for (const options of bundles) await (await context(options)).watch();
} else {
  await rm(outdir, { recursive: true, force: true });
  await Promise.all(bundles.map((options) => build(options)));
  await chmod(`${outdir}/cli.cjs`, 0o755);
}
