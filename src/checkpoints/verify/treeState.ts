import { findCheckpoint } from '../record/checkpointList.ts';
import type { StoredCheckpoint } from '../record/checkpointRecord.ts';
import { surveyRepository } from '../capture/survey.ts';
import type { Repository } from '../git/repository.ts';
import { Looks, type Look } from '../sets/looks.ts';
import { forMembers, isMembersOwn, openMember, type Ancestors, type SetTools } from '../sets/members.ts';

/*
 * What a verify command runs on, as one line of text: the tree of the working folder, the bytes where they are not what git would write,
 * and the same of every nested repository. Not HEAD and not the staged state: a commit made meanwhile changes no file.
 */

interface Part {
  readonly tree: string;
  readonly raw: string | null;
  readonly members: readonly (readonly [path: string, part: string])[];
}

function lineOf({ tree, raw, members }: Part): string {
  return JSON.stringify([tree, raw, [...members].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Of the present files. The caller holds the repository's lock. */
export async function presentFiles(repository: Repository, tools: SetTools): Promise<string> {
  const looks = new Looks(tools);
  try {
    return partOf(await looks.at(repository, surveyRepository(repository)));
  } finally {
    looks.release();
  }
}

function partOf({ state, newest, members }: Look): string {
  return lineOf({
    tree: state?.worktree ?? newest?.tree ?? '',
    raw: state ? (state.raw?.tree ?? null) : (newest?.record.raw ?? null),
    // What cannot be looked at is compared by why it cannot.
    members: members.map((member) => [member.path, 'look' in member ? partOf(member.look) : member.reason]),
  });
}

/** The same of a checkpoint; a member whose own checkpoint is gone equals nothing. */
export async function filesOf(
  repository: Repository,
  { record, tree }: StoredCheckpoint,
  tools: SetTools,
  ancestors: Ancestors = [],
): Promise<string> {
  const around = [...ancestors, repository];
  const members = await forMembers(
    record.members ?? [],
    async ({ path, id, reason = '' }) =>
      [path, id === null ? reason : await memberFiles(around, path, id, tools)] as const,
    ({ path, reason = '' }) => [path, reason] as const,
  );
  return lineOf({ tree, raw: record.raw ?? null, members });
}

async function memberFiles(ancestors: Ancestors, path: string, id: string, tools: SetTools): Promise<string> {
  try {
    const member = await openMember(ancestors, path, tools);
    return await filesOf(member, await findCheckpoint(member, id), tools, ancestors);
  } catch (error) {
    if (isMembersOwn(error)) return 'gone';
    throw error;
  }
}
