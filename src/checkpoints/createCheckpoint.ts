import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { captureState } from './capture/captureState.ts';
import { summarize, type CheckpointPurpose, type StoredCheckpoint } from './record/checkpointRecord.ts';
import { checkpointIdAfter, nextCheckpointId, relabelCheckpoint, writeCheckpoint } from './record/checkpointRefs.ts';
import { CheckpointError } from './failure.ts';
import { GitError } from './git/git.ts';
import { rememberState } from './record/lastState.ts';
import { noteCheckpoint } from './record/listMemory.ts';
import { isChanged, Looks, type Look } from './sets/looks.ts';
import { isMembersOwn, whyNotSaved, type Member, type SetTools } from './sets/members.ts';
import type { Repository } from './git/repository.ts';
import { surveyRepository, type Survey } from './capture/survey.ts';
import type { WorkingState } from './capture/workingState.ts';

/** `unchanged`: the state equals the newest checkpoint's, which is what is returned; no new ref was made. */
export interface CreatedCheckpoint extends CheckpointSummary {
  readonly unchanged: boolean;
}

/**
 * Saves the working state, and that of every member, unless all equal the newest checkpoint's. The caller holds the repository's lock.
 * @param survey a fresh look at the repository
 */
export async function createCheckpoint(
  repository: Repository,
  survey: Promise<Survey>,
  purpose: CheckpointPurpose,
  tools: SetTools,
): Promise<CreatedCheckpoint> {
  const looks = new Looks(tools);
  try {
    const saving = await Saving.plan([await looks.at(repository, survey)], purpose, tools);
    return await saving.saveRoot(0);
  } finally {
    looks.release();
  }
}

/** Saves one or several repositories that were looked at, under one id. */
export class Saving {
  readonly #roots: readonly Look[];
  readonly #purpose: CheckpointPurpose;
  readonly #tools: SetTools;
  /** those that get a new checkpoint; the others' newest one holds their state */
  readonly #chosen: ReadonlySet<Look>;
  readonly #id: string;
  readonly #saved = new Map<Look, Promise<StoredCheckpoint>>();

  private constructor(
    roots: readonly Look[],
    chosen: ReadonlySet<Look>,
    id: string,
    purpose: CheckpointPurpose,
    tools: SetTools,
  ) {
    this.#roots = roots;
    this.#chosen = chosen;
    this.#id = id;
    this.#purpose = purpose;
    this.#tools = tools;
  }

  static async plan(roots: readonly Look[], purpose: CheckpointPurpose, tools: SetTools): Promise<Saving> {
    const chosen = new Set<Look>();
    const choose = (look: Look): void => {
      if (isChanged(look)) chosen.add(look);
      for (const member of look.members) if ('look' in member) choose(member.look);
    };
    roots.forEach(choose);
    for (const root of roots) if (needsItsOwn(purpose, root.newest)) chosen.add(root);
    // Whoever goes back to this set means all of it: where one repository has changed, the others' state gets the same id.
    if (chosen.size > 0) for (const root of roots) chosen.add(root);
    return new Saving(roots, chosen, await idAfterAll([...chosen], tools), purpose, tools);
  }

  async saveRoot(at: number): Promise<CreatedCheckpoint> {
    const look = this.#roots[at];
    if (!look) throw new Error('no such repository');
    const saved = await this.#save(look);
    if (this.#chosen.has(look)) return { ...summarize(saved), unchanged: false };
    return unchanged(look.repository, saved, this.#purpose, look.fingerprint);
  }

  /** Each repository once, whoever asks for it: a root may be a member too. */
  #save(look: Look): Promise<StoredCheckpoint> {
    const known = this.#saved.get(look);
    if (known) return known;
    const saved = this.#chosen.has(look) ? this.#write(look) : this.#keep(look);
    this.#saved.set(look, saved);
    return saved;
  }

  async #keep({ repository, newest, fingerprint, isRemembered }: Look): Promise<StoredCheckpoint> {
    if (!newest) throw new Error('an unchanged repository has a checkpoint');
    if (!isRemembered) await rememberState(repository, newest, fingerprint);
    return newest;
  }

  async #write(look: Look): Promise<StoredCheckpoint> {
    const { repository, seen, fingerprint } = look;
    const members = await this.#saveMembers(look);
    const state = look.state ?? (await captureState(repository, seen, this.#tools));
    const isMember = !this.#roots.includes(look);
    const isPart = isMember || members.length > 0 || this.#roots.length > 1;
    const purpose = { ...this.#purpose, members, ...(isPart ? { set: this.#id } : {}) };
    const created = await write(repository, state, purpose, this.#tools, this.#id);
    noteCheckpoint(repository, created);
    await rememberState(repository, created, look.state || state.survey === seen ? fingerprint : null);
    return created;
  }

  #saveMembers({ members }: Look): Promise<Member[]> {
    const saves = members.map(async (member): Promise<Member> => {
      const { path } = member;
      if ('reason' in member) return { path, id: null, reason: member.reason };
      try {
        return { path, id: (await this.#save(member.look)).record.id };
      } catch (error) {
        if (isMembersOwn(error)) return { path, id: null, reason: whyNotSaved(error) };
        throw error;
      }
    });
    return Promise.all(saves);
  }
}

/** An id that sorts after the newest of every one of them. */
async function idAfterAll(looks: readonly Look[], tools: SetTools): Promise<string> {
  const ids = await Promise.all(
    looks.map(async ({ repository, newest }) =>
      newest ? checkpointIdAfter(newest.record.id, tools) : await nextCheckpointId(repository, tools),
    ),
  );
  return ids.sort().at(-1) ?? '';
}

/**
 * The state a prompt finds is mostly the one that the session's start, or the turn before, has just saved. It is then the
 * state from before that prompt, and is looked for under the prompt's words.
 */
async function unchanged(
  repository: Repository,
  newest: StoredCheckpoint,
  purpose: CheckpointPurpose,
  current: string | null,
): Promise<CreatedCheckpoint> {
  const isBeforePrompt = purpose.kind === 'prompt' && canBecomeOf(purpose, newest);
  const checkpoint = isBeforePrompt ? await relabelCheckpoint(repository, newest, purpose) : newest;
  // Also tells the editors that the list reads differently now.
  if (isBeforePrompt) await rememberState(repository, checkpoint, current);
  return { ...summarize(checkpoint), unchanged: true };
}

/**
 * A state that was saved for somebody else (by hand, before a command of the turn before) keeps its name; the prompt that finds it gets a
 * checkpoint of its own. Else the oldest one of its turn would be of a state after its first edit, and no way would lead back behind that.
 */
function needsItsOwn(purpose: CheckpointPurpose, newest: StoredCheckpoint | null): boolean {
  return purpose.kind === 'prompt' && newest !== null && !canBecomeOf(purpose, newest);
}

/** Whether nobody misses the name it has. A prompt of the same session that has changed nothing needs no way back. */
function canBecomeOf(prompt: CheckpointPurpose, { record }: StoredCheckpoint): boolean {
  const { kind, agent, session } = record;
  if (kind === 'prompt') return agent === (prompt.agent ?? null) && session === (prompt.session ?? null);
  return kind === 'session' || kind === 'turn' || kind === 'ambient';
}

/** A prune that runs meanwhile takes objects away before a ref names them; git says so in many ways. */
function isPruned(error: unknown): boolean {
  if (error instanceof CheckpointError) return error.reason === 'damaged';
  return (
    error instanceof GitError &&
    /(?:bad|invalid|nonexistent) object|missing|could not read|unable to (?:read|find|open|create|migrate)|does not exist|No such file/.test(
      error.stderr,
    )
  );
}

const attempts = 4;

/** Again, and all anew, if a prune took objects away while they were being written. */
async function write(
  repository: Repository,
  state: WorkingState,
  purpose: CheckpointPurpose,
  tools: SetTools,
  id: string,
): Promise<StoredCheckpoint> {
  for (let attempt = 1, current = state; ; attempt++) {
    try {
      return await writeCheckpoint(repository, current, purpose, tools, id);
    } catch (error) {
      if (attempt === attempts || !isPruned(error)) throw error;
      current = await captureState(repository, await surveyRepository(repository), tools);
    }
  }
}
