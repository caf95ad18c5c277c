/**
 * The files that a patch in the "Begin Patch" format names (Codex's apply_patch, and opencode's for the same models): changed, added,
 * deleted, moved from and to. As they stand there, each once.
 */
export function filesOfPatch(patch: string): readonly string[] {
  const files = new Set<string>();
  for (const line of patch.split(/\r?\n/)) {
    const named = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/.exec(line)?.[1]?.trim();
    if (named) files.add(named);
  }
  return [...files];
}
