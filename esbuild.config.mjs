// One configuration for every bundle: the programs (dist/extension.cjs, hook.cjs, recorder.cjs, cli.cjs, usageWorker.cjs, mcp.cjs,
// tokenizer.cjs), the parts that they load when needed (`apart`), and webview/panel.{js,css}.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');
const outdir = 'dist';

/** @type {import('esbuild').BuildOptions} */
const shared = { bundle: true, minify: true, sourcemap: watch, legalComments: 'none', logLevel: 'warning' };

/**
 * Parts that are bundles of their own, which the programs load from beside themselves when they come to need them: the hook, above all,
 * starts without them. Source file → bundle.
 */
const apart = {
  'src/checkpoints/checkpoints.ts': 'checkpoints',
  'src/checkpoints/commit/commitRitual.ts': 'commitMode',
  'src/checkpoints/onDemand.ts': 'onDemand',
  'src/install/agentInstall.ts': 'agentInstall',
  'src/install/statuslineInstall.ts': 'statuslineInstall',
  'src/install/everything/everything.ts': 'removeEverything',
  'src/hook/landingPart.ts': 'landing',
  'src/hook/promptAdvice.ts': 'promptAdvice',
  'src/vscode/estimateTask.ts': 'estimateTask',
  'src/vscode/editorSide.ts': 'editorSide',
  'src/vscode/rareActions.ts': 'rareActions',
  'src/vscode/display.ts': 'display',
  'src/vscode/recovery/editorRecovery.ts': 'editorRecovery',
  'src/recovery/sessionStart.ts': 'sessionStart',
  'src/vscode/planActions.ts': 'planActions',
  'src/cli/usageProgram.ts': 'usageProgram',
  'src/cli/allCommands.ts': 'allCommands',
};

const loadedApart = {
  name: 'loaded-apart',
  setup({ onResolve }) {
    for (const [source, bundle] of Object.entries(apart)) {
      const filter = new RegExp(`/${path.basename(source, '.ts')}\\.ts$`);
      onResolve({ filter }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${bundle}.cjs`, external: true } : undefined,
      );
    }
  },
};

/**
 * The editor's API as it is. For an `import` esbuild copies a module's exports, in every file anew, and this one has hundreds: in
 * activation, which reads half a dozen files of ours, that was more than all the rest.
 */
const plainVscode = {
  name: 'plain-vscode',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/](?:vscode[\\/].*|extension)\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      return {
        contents: text.replace("import * as vscode from 'vscode';", "const vscode = require('vscode');"),
        loader: 'ts',
      };
    });
  },
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  outdir,
  // jsonc-parser's main is UMD, whose require() no bundler can follow.
  mainFields: ['module', 'main'],
  plugins: [loadedApart, plainVscode],
  // import() becomes require(), which finds the file beside the bundle in every host.
  supported: { 'dynamic-import': false },
};

/** @type {import('esbuild').BuildOptions[]} */
export const bundles = [
  // VS Code 1.101 is the first host on Node 22 and our engine floor.
  { ...node, target: 'node22', external: ['vscode'], entryPoints: { extension: 'src/extension.ts' } },
  // These run on whatever Node the user has (>= 18), and the worker also inside the CLI's process.
  { ...node, target: 'node18', entryPoints: { hook: 'src/hook/main.ts' } },
  { ...node, target: 'node18', entryPoints: { recorder: 'src/recovery/recorder.ts' } },
  ...Object.entries(apart).map(([source, bundle]) => ({
    ...node,
    target: 'node18',
    external: ['vscode'],
    entryPoints: { [bundle]: source },
  })),
  {
    ...node,
    target: 'node18',
    entryPoints: {
      cli: 'src/cli/main.ts',
      tokenizer: 'src/usage/tokens/worker.ts',
      usageWorker: 'src/meter/worker.ts',
    },
    banner: { js: '#!/usr/bin/env node' },
  },
  // Agents' clients start it, with the Node they have.
  { ...node, target: 'node18', entryPoints: { mcp: 'src/mcp/main.ts' } },
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

/** Replaces a file only if it differs, and in one step: programs that run from dist/ meanwhile never see half of one. */
async function put(file, contents) {
  const old = await readFile(file).catch(() => null);
  if (old?.equals(contents)) return;
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, contents, { mode: path.basename(file) === 'cli.cjs' ? 0o755 : 0o644 });
  await rename(temporary, file);
}

async function buildAll() {
  const results = await Promise.all(bundles.map((options) => build({ ...options, write: false })));
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  await Promise.all(files.map(({ path: file, contents }) => put(file, contents)));
  // What an earlier build left: the package must hold nothing old. Not the temporary files of a build that runs beside this one.
  const current = new Set(files.map((file) => file.path));
  for (const entry of await readdir(outdir, { recursive: true, withFileTypes: true })) {
    const file = path.resolve(entry.parentPath, entry.name);
    if (entry.isFile() && !current.has(file) && !/\.(?:vsix|\d+)$/.test(file)) await rm(file, { force: true });
  }
}

if (process.argv[1] !== import.meta.filename) {
  // Imported by a test that looks at the options.
} else if (watch) {
  for (const options of bundles) await (await context(options)).watch();
} else {
  await buildAll();
}
