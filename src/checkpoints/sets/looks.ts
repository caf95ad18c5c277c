import { captureState } from '../capture/captureState.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import type { CheckpointRecord, StoredCheckpoint } from '../record/checkpointRecord.ts';
import type { RawPath } from '../git/git.ts';
import type { FileLock } from '../../store/fileLock.ts';
import { fingerprint, readLastState } from '../record/lastState.ts';
import {
  forMembers,
  isMembersOwn,
  lockMember,
  memberPaths,
  openMember,
  whyNotSaved,
  type Ancestors,
  type Member,
  type SetTools,
} from './members.ts';
import { missingObjects } from '../git/objects.ts';
import type { Repository } from '../git/repository.ts';
import { surveyRepository, type Survey } from '../capture/survey.ts';
import type { WorkingState } from '../capture/workingState.ts';

/** A repository as it was looked at, its members with it; nothing of it is saved yet. */
export interface Look {
  readonly repository: Repository;
  readonly seen: Survey;
  readonly newest: StoredCheckpoint | null;
  /** null: its own files, staging and HEAD equal the newest checkpoint's */
  readonly state: WorkingState | null;
  /** of what `state` (or the newest checkpoint) holds; null: not worth remembering */
  readonly fingerprint: string | null;
  /** whether the fingerprint is on record already */
  readonly isRemembered: boolean;
  readonly members: readonly MemberLook[];
}

export type MemberLook =
  { readonly path: RawPath; readonly look: Look } | { readonly path: RawPath; readonly reason: string };

/** All that belongs to one look at one or more repositories: their locks, and each repository once. */
export class Looks {
  readonly #tools: SetTools;
  readonly #locks: FileLock[] = [];
  /** by git directory: a repository may be opened as a folder of the window and be another one's member */
  readonly #known = new Map<string, Promise<Look>>();

  constructor(tools: SetTools) {
    this.#tools = tools;
  }

  /** The caller holds the lock of this repository; those of its members are taken here. */
  at(repository: Repository, survey: Promise<Survey>, ancestors: Ancestors = []): Promise<Look> {
    const look = this.#look(repository, survey, ancestors);
    this.#known.set(repository.gitDir, look);
    return look;
  }

  async #look(repository: Repository, survey: Promise<Survey>, ancestors: Ancestors): Promise<Look> {
    // The look takes longest; by the time it is there the newest checkpoint is known, mostly without asking git.
    const [seen, { newest, fingerprint: known }] = await Promise.all([survey, newestCheckpoint(repository)]);
    const paths = memberPaths(seen.status);
    const around = [...ancestors, repository];
    const members = forMembers(
      paths,
      (path) => this.#member(around, path),
      (path, { message }): MemberLook => ({ path, reason: message }),
    );
    // It may fail while this repository's own files are still being looked at.
    members.catch(() => undefined);
    try {
      const common = { repository, seen, newest };
      const current = fingerprint(repository, seen, this.#tools.now());
      if (newest && current !== null && current === known) {
        return { ...common, state: null, fingerprint: current, isRemembered: true, members: await members };
      }
      const state = await captureState(repository, seen, this.#tools);
      const isSame = newest !== null && isSameState(state, newest) && (await isWhole(repository, state));
      return {
        ...common,
        state: isSame ? null : state,
        // Of the look that was really saved: another git may have staged something since the first one.
        fingerprint: state.survey === seen ? current : fingerprint(repository, state.survey, this.#tools.now()),
        isRemembered: false,
        members: await members,
      };
    } finally {
      await members.catch(() => undefined);
    }
  }

  async #member(ancestors: Ancestors, path: RawPath): Promise<MemberLook> {
    try {
      const repository = await openMember(ancestors, path, this.#tools);
      const known = await this.#known.get(repository.gitDir);
      if (known) {
        if (known.repository.top === repository.top) return { path, look: known };
        return { path, reason: 'it has the git directory of another repository' };
      }
      this.#locks.push(await lockMember(repository, this.#tools));
      return { path, look: await this.at(repository, surveyRepository(repository), ancestors) };
    } catch (error) {
      if (isMembersOwn(error)) return { path, reason: whyNotSaved(error) };
      throw error;
    }
  }

  /** Lets go of all members. */
  release(): void {
    for (const lock of this.#locks.splice(0).reverse()) lock.release();
  }
}

async function newestCheckpoint(
  repository: Repository,
): Promise<{ readonly newest: StoredCheckpoint | null; readonly fingerprint: string | null }> {
  const last = await readLastState(repository);
  if (last) return last;
  const [newest = null] = await listCheckpoints(repository, { limit: 1 });
  return { newest, fingerprint: null };
}

/** Whether anything of it, or of a member, is not as the newest checkpoint has it. */
export function isChanged(look: Look): boolean {
  const { newest, state, members } = look;
  if (!newest || state) return true;
  if (members.some((member) => 'look' in member && isChanged(member.look))) return true;
  const ids = members.map((member): Member =>
    'look' in member
      ? { path: member.path, id: member.look.newest?.record.id ?? null }
      : { path: member.path, id: null, reason: member.reason },
  );
  const key = ({ path, id, reason = '' }: Member): string => JSON.stringify([path, id, reason]);
  return ids.map(key).sort().join() !== (newest.record.members ?? []).map(key).sort().join();
}

/** As a state has them; JSON leaves out the modes that an older record does not tell. */
function intentionsOf({ intentToAdd, intentToAddModes = [] }: CheckpointRecord) {
  return intentToAdd.map((path, at) => ({ path, mode: intentToAddModes[at] }));
}

/**
 * Whether git has what was put together and not written since it was written before. A power cut can take it where the file system does
 * not keep to the order of flushes (ARCHITECTURE.md): then it is saved anew, which makes the older checkpoint whole too.
 */
async function isWhole(repository: Repository, { unwritten, raw }: WorkingState): Promise<boolean> {
  const oids = [...unwritten, ...(raw?.unwritten ?? [])].map(({ oid }) => oid);
  return (await missingObjects(repository, oids)).length === 0;
}

function isSameState(state: WorkingState, { record, tree }: StoredCheckpoint): boolean {
  // Commit mode: the same files, committed since, and nothing staged anew.
  const isCommitted = record.commit !== undefined && record.commit === state.head && state.staged === null;
  return (
    tree === state.worktree &&
    // What has been committed is no longer looked at for its bytes.
    (isCommitted || (record.raw ?? null) === (state.raw?.tree ?? null)) &&
    (isCommitted || (record.staged === state.staged && record.head === state.head)) &&
    record.branch === state.branch &&
    JSON.stringify(isCommitted ? [[], []] : [record.unmerged, intentionsOf(record)]) ===
      JSON.stringify([state.unmerged, state.intentToAdd])
  );
}
