import { captureState } from '../capture/captureState.ts';
import { findCheckpoint } from '../record/checkpointList.ts';
import type { StoredCheckpoint } from '../record/checkpointRecord.ts';
import { displayPath } from '../git/git.ts';
import {
  compareStates,
  patchBetween,
  presentState,
  stateOf,
  type Changes,
  type ComparedState,
  type Patch,
  type PatchOptions,
} from '../view/inspect.ts';
import { pathsInside } from './memberPaths.ts';
import {
  forMembers,
  isMembersOwn,
  lockMember,
  openMember,
  whyNotSaved,
  type Ancestors,
  type Member,
  type SetTools,
} from './members.ts';
import { writeObjects } from '../git/writeObjects.ts';
import type { Repository } from '../git/repository.ts';
import { surveyRepository } from '../capture/survey.ts';

/** What is compared with a checkpoint: another one, or (null) the present. */
type Until = StoredCheckpoint | null;

/** The present, as one side of a comparison. The caller holds the repository's lock. */
export async function readPresent(repository: Repository, tools: SetTools): Promise<ComparedState> {
  const state = await captureState(repository, await surveyRepository(repository), tools);
  await writeObjects(repository, state.unwritten);
  return presentState(state);
}

/** What has changed from a checkpoint, in its repository and in the members that it names. The caller holds the repository's lock. */
export async function changesSince(
  repository: Repository,
  from: StoredCheckpoint,
  until: Until,
  paths: readonly string[],
  tools: SetTools,
): Promise<Changes> {
  const parts = await eachRepository([repository], from, until, paths, tools, async (part) => {
    const { changes, notCompared } = await compareStates(part.repository, part.from, part.to, part.paths);
    return {
      changes: changes.map((change) => ({ ...change, path: part.prefix + change.path })),
      notCompared: notCompared.map((left) => ({ ...left, path: part.prefix + left.path })),
    };
  });
  return { changes: parts.flatMap((part) => part.changes), ...together(parts) };
}

/** The same as git prints it; what lies in a member has its whole path. */
export async function patchSince(
  repository: Repository,
  from: StoredCheckpoint,
  options: PatchOptions,
  tools: SetTools,
): Promise<Patch> {
  const parts = await eachRepository([repository], from, null, options.paths, tools, async (part) => {
    const within = { ...options, paths: part.paths, prefix: part.prefix };
    const { patch, notCompared } = await patchBetween(part.repository, part.from, part.to, within);
    return { patch, notCompared: notCompared.map((left) => ({ ...left, path: part.prefix + left.path })) };
  });
  return { patch: Buffer.concat(parts.map((part) => part.patch ?? Buffer.alloc(0))), ...together(parts) };
}

/** What could not be compared; a member that was compared on its own is not among it. */
function together(parts: readonly Pick<Changes, 'notCompared'>[]): Pick<Changes, 'notCompared'> {
  return { notCompared: parts.flatMap((part) => part.notCompared) };
}

interface Part {
  readonly repository: Repository;
  readonly from: ComparedState;
  readonly to: ComparedState;
  readonly paths: readonly string[];
  /** where it lies below the outermost repository, with a slash at its end; "" for that one itself */
  readonly prefix: string;
}

interface Answer extends Pick<Changes, 'notCompared'> {
  readonly changes: Changes['changes'];
  readonly patch?: Buffer;
}

async function eachRepository(
  ancestors: Ancestors,
  from: StoredCheckpoint,
  until: Until,
  paths: readonly string[],
  tools: SetTools,
  work: (part: Part) => Promise<Omit<Answer, 'changes'> & Partial<Answer>>,
  prefix = '',
): Promise<readonly Answer[]> {
  const repository = ancestors.at(-1);
  if (!repository) return [];
  const members = (from.record.members ?? []).flatMap((member) =>
    member.id === null || pathsInside(paths, member.path) === null ? [] : [{ ...member, id: member.id }],
  );
  const isMember = new Set(members.map(({ path }) => displayPath(path)));
  const to = until ? stateOf(until) : await readPresent(repository, tools);
  const withoutMembers = ({ tree, skipped }: ComparedState): ComparedState => ({
    tree,
    skipped: skipped.filter(({ path, reason }) => !isMember.has(path) || !reason.startsWith('nested repository')),
  });
  const own = await work({ repository, from: withoutMembers(stateOf(from)), to: withoutMembers(to), paths, prefix });
  const left = ({ path }: Member, error: unknown): readonly Answer[] => [
    { changes: [], notCompared: [{ path: prefix + displayPath(path), reason: whyNotSaved(error), bytes: 0 }] },
  ];
  const inside = await forMembers(
    members,
    async (member) => {
      try {
        const opened = await openMember(ancestors, member.path, tools);
        const lock = await lockMember(opened, tools);
        try {
          const untilId = until?.record.members?.find(({ path }) => path === member.path)?.id ?? null;
          if (until && untilId === null) return [];
          return await eachRepository(
            [...ancestors, opened],
            await findCheckpoint(opened, member.id),
            untilId === null ? null : await findCheckpoint(opened, untilId),
            pathsInside(paths, member.path) ?? [],
            tools,
            work,
            `${prefix}${displayPath(member.path)}/`,
          );
        } finally {
          lock.release();
        }
      } catch (error) {
        if (isMembersOwn(error)) return left(member, error);
        throw error;
      }
    },
    left,
  );
  return [{ changes: [], ...own }, ...inside.flat()];
}
