import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Surroundings } from '../agents/agent.ts';
import { codexHome, codexHookFile } from '../agents/codex/hookFile.ts';
import { codexHooksTrusted, type CodexTrust } from '../agents/codex/hookTrust.ts';
import { readFileOrNull } from '../store/atomicFile.ts';

/** Where Codex remembers what a person has agreed to. */
export function codexAgreement(surroundings: Surroundings): string {
  return path.join(codexHome(surroundings), 'config.toml');
}

/** Whether Codex runs the hooks of ours that stand in this hooks file. It is only read; agreeing is for a person, in Codex itself. */
export async function codexTrust(hooksFile: string, surroundings: Surroundings): Promise<CodexTrust> {
  const [hooks, config] = await Promise.all(
    [hooksFile, codexAgreement(surroundings)].map(async (file) =>
      (await readFileOrNull(file).catch(() => null))?.toString('utf8'),
    ),
  );
  // Codex names the file by the path it came by, which may go through links.
  const folder = await realpath(path.dirname(hooksFile)).catch(() => path.dirname(hooksFile));
  const names = new Set([hooksFile, path.join(folder, path.basename(hooksFile))]);
  return codexHooksTrusted(codexHookFile(surroundings.platform), [...names], hooks ?? '', config ?? '');
}
