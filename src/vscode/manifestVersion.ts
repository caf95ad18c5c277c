import * as v from 'valibot';

/** The version in a manifest as the editor read it. */
export function versionIn(packageJson: unknown): string | undefined {
  const manifest = v.safeParse(v.object({ version: v.string() }), packageJson);
  return manifest.success ? manifest.output.version : undefined;
}
