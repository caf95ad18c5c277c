import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import type { Repository } from './git/repository.ts';
import { verifySettingsSchema } from './verify/verifyCommands.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const checkpointModes = ['hidden', 'commit'] as const;
export type CheckpointMode = (typeof checkpointModes)[number];

const settingsSchema = v.object({
  v: v.literal(1),
  /** hidden: refs of ours only · commit: also a commit on the branch, for those who want to see them in `git log` */
  mode: v.optional(v.picklist(checkpointModes), 'hidden'),
  /** untracked files above this are left out of checkpoints, and listed as such */
  maxFileBytes: v.optional(v.pipe(v.number(), v.minValue(0)), 20_000_000),
  retention: v.optional(
    v.object({
      /** how long every automatic checkpoint stays, in hours; then the newest of each hour; then of each day; in days */
      allHours: v.optional(count, 24),
      hourlyDays: v.optional(count, 7),
      dailyDays: v.optional(count, 30),
      /** automatic ones at most, for each working tree */
      maxCount: v.optional(v.pipe(count, v.minValue(1)), 500),
      /** what all together may take on disk */
      maxBytes: v.optional(count, 1_000_000_000),
    }),
    {},
  ),
  /** a person has seen once what the policy deletes, and agreed; before that nothing is deleted by itself */
  pruningApproved: v.optional(v.boolean(), false),
  verify: v.optional(verifySettingsSchema, {}),
});

/**
 * What a person has set for one working tree. In our own folder inside its git directory, because hook and CLI need it without an
 * editor, and the user's git configuration is not ours to write to.
 */
export type RepositorySettings = Readonly<Omit<v.InferOutput<typeof settingsSchema>, 'v'>>;

function settingsFile(repository: Repository): string {
  return path.join(repository.privateDir, 'settings.json');
}

/** The defaults where nothing is set, or where the file cannot be understood. */
export async function readRepositorySettings(repository: Repository): Promise<RepositorySettings> {
  return (await readJsonFile(settingsFile(repository), settingsSchema)) ?? v.parse(settingsSchema, { v: 1 });
}

/** Changes some of them and keeps the others. To be called under the repository's lock. */
export async function changeRepositorySettings(
  repository: Repository,
  changed: Partial<RepositorySettings>,
): Promise<void> {
  const text = JSON.stringify({ ...(await readRepositorySettings(repository)), ...changed, v: 1 });
  await writeFileAtomic(settingsFile(repository), text);
}
