import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../repository.ts';
import { filesInTree } from '../workingTree.ts';

/** A file as it once stood on disk. */
export interface Version {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Settings for Claude Code that have every version of every file written down at its hooks, by a shell beside ours: before each tool,
 * after each tool, and at the end. Nothing of ours is used for it.
 */
export function recordVersions(dir: string, log: string): void {
  const script = `${log}.sh`;
  const find = 'find . -path ./.git -prune -o -path ./.soft-landing -prune -o -path ./.claude -prune -o -type f -print';
  writeFileSync(
    script,
    `cat >/dev/null\ncd '${dir}' && ${find} | while read -r file; do printf '%s %s %s\\n' "$(sha256sum <"$file" | cut -c1-64)" "$(wc -c <"$file")" "$file"; done >>'${log}'\n`,
  );
  const entry = [{ hooks: [{ type: 'command', command: `sh '${script}'` }] }];
  const settings = { hooks: { PreToolUse: entry, PostToolUse: entry, Stop: entry, SessionEnd: entry } };
  writeFileSync(join(dir, '.claude', 'settings.json'), JSON.stringify(settings));
}

export function recordedVersions(log: string): readonly Version[] {
  if (!existsSync(log)) return [];
  const lines = new Set(readFileSync(log, 'utf8').split('\n').filter(Boolean));
  return [...lines].map((line) => {
    const [sha256 = '', bytes = '', ...path] = line.split(' ').filter(Boolean);
    return { sha256, bytes: Number(bytes), path: path.join(' ').replace(/^\.\//, '') };
  });
}

/** Those that none of these trees holds at their path. */
export function missingFrom(
  versions: readonly Version[],
  repository: Repository,
  trees: readonly string[],
): readonly Version[] {
  const held = new Set(
    trees.flatMap((tree) =>
      Object.entries(filesInTree(repository, tree)).map(([path, content]) => `${sha256Of(content)} ${path}`),
    ),
  );
  return versions.filter(({ sha256, path }) => !held.has(`${sha256} ${path}`));
}

function sha256Of(content: string): string {
  return createHash('sha256').update(Buffer.from(content, 'latin1')).digest('hex');
}
