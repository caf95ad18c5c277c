import type { BuildOptions } from 'esbuild';
// @ts-expect-error -- plain JavaScript
import { bundles } from '../../esbuild.config.mjs';

/** What these files of dist/ may weigh, in bytes (1 KB = 1000). Tests hold it, the bench shows it; the others have no budget. */
export const budgets: Readonly<Record<string, number>> = {
  'extension.cjs': 8_000,
  'editorSide.cjs': 160_000,
  'hook.cjs': 120_000,
  'commitMode.cjs': 100_000,
  'webview/panel.js': 57_500,
  'promptAdvice.cjs': 60_000,
  'soft-landing.vsix': 2_500_000,
};

/** Every program that is built, by its name in dist/. */
export function bundleNames(): readonly string[] {
  const all = bundles as readonly (BuildOptions & { readonly entryPoints: Readonly<Record<string, string>> })[];
  return all.flatMap(({ entryPoints, platform }) =>
    Object.keys(entryPoints).map((name) => (platform === 'browser' ? `webview/${name}.js` : `${name}.cjs`)),
  );
}
