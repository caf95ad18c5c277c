import { gitlink } from '../git/changes.ts';
import { splitRecords } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { parseStatus, statusCommand } from '../git/status.ts';

/**
 * A status for a repository in which `git status` itself fails, because it cannot look into one of the submodules: without looking
 * into any, and with each of them named as changed, so that it is looked at as the repository it is, or told of as not saved.
 */
export async function statusWithoutSubmodules({ git, zero }: Repository): Promise<string> {
  const command = statusCommand.map((word) =>
    word.startsWith('--ignore-submodules') ? '--ignore-submodules=dirty' : word,
  );
  const [text, index] = await Promise.all([git.text(command), git.text(['ls-files', '-z', '--stage'])]);
  const known = new Set(
    parseStatus(text)
      .entries.filter((entry) => entry.unstaged !== '.')
      .map((entry) => entry.path),
  );
  const submodules = splitRecords(index).flatMap((line) => {
    const [mode, oid = '', stage] = (line.split('\t', 1)[0] ?? '').split(' ');
    const path = line.slice(line.indexOf('\t') + 1);
    if (mode !== gitlink || stage !== '0' || known.has(path)) return [];
    return [`1 .M SCMU ${gitlink} ${gitlink} ${gitlink} ${zero} ${oid} ${path}\0`];
  });
  return text + submodules.join('');
}
