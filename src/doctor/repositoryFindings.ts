import type { CheckpointFacts, GitFacts, RepositoryFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { ageWords, countWords } from './words.ts';

export function gitFindings({ path, version, isRecentEnough, needed }: GitFacts): readonly Finding[] {
  const base = { area: 'git' } as const;
  if (version === null) {
    const detail = path === null ? 'There is no git on the PATH.' : `${path} could not be run.`;
    return [
      {
        ...base,
        level: 'problem',
        title: 'git cannot be used',
        detail: `${detail} No checkpoint can be made or restored; those there are kept. The gauge works.`,
        fix: `Install git ${needed} or later.`,
      },
    ];
  }
  const where = path ?? 'where the system finds it';
  if (!isRecentEnough) {
    return [
      {
        ...base,
        level: 'problem',
        title: `git ${version} is too old`,
        detail: `${where}. No checkpoint can be made or restored; those there are kept.`,
        fix: `Install git ${needed} or later.`,
      },
    ];
  }
  return [{ ...base, level: 'ok', title: `git ${version}`, detail: `${where}.`, fix: null }];
}

export function repositoryFindings({ dir, checkpoints, why }: RepositoryFacts, now: number): readonly Finding[] {
  if (why !== null)
    return [{ area: 'checkpoints', level: 'note', title: 'No checkpoints here', detail: why, fix: null }];
  return checkpoints.flatMap((each) => [
    countFinding(dir, each, now),
    ...brokenFindings(each),
    ...leftoverFindings(each),
  ]);
}

function countFinding(dir: string, { place, count, newestAt }: CheckpointFacts, now: number): Finding {
  const newest = newestAt === null ? '' : `, the newest made ${ageWords(now - newestAt)}`;
  return {
    area: 'checkpoints',
    level: 'ok',
    title: `${countWords(count, 'checkpoint')} of ${dir}`,
    detail: `In ${place}${newest}.`,
    fix: null,
  };
}

function brokenFindings({ broken }: CheckpointFacts): readonly Finding[] {
  if (broken.length === 0) return [];
  return [
    {
      area: 'checkpoints',
      level: 'problem',
      title: `${countWords(broken.length, 'ref')} of checkpoints name objects that are gone`,
      detail: `Such as ${broken[0] ?? ''}. What else is in the repository is untouched, but git's own fetch and gc can fail on them.`,
      fix: 'soft-landing checkpoint list (takes such refs away)',
    },
  ];
}

/** A lock in use is work going on; one left by a kill is taken over by whatever runs next. */
function leftoverFindings({ leftovers }: CheckpointFacts): readonly Finding[] {
  return leftovers
    .filter(({ isInUse }) => !isInUse)
    .map(({ file, ageMs }): Finding => {
      const isGits = file.endsWith('index.lock');
      return {
        area: 'checkpoints',
        level: isGits ? 'problem' : 'note',
        title: isGits ? 'A lock of git was left behind' : 'Something was interrupted',
        detail: `${file}, ${ageWords(ageMs)}.${isGits ? ' While it is there nothing can be restored or staged; nothing is lost.' : ''}`,
        fix: isGits
          ? `If no git is running there: rm '${file}'`
          : 'soft-landing checkpoint create (finishes or takes back what was interrupted)',
      };
    });
}
