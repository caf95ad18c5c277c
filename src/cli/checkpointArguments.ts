import { realpathSync } from 'node:fs';
import path from 'node:path';
import { Checkpoints } from '../checkpoints/checkpoints.ts';
import { CommandError, UsageError, type CommandContext } from './command.ts';
import { unwrap } from './failures.ts';

/** @param options `allowLarge`: set, the folder may get checkpoints though it is no repository; true, even if it is large */
export async function openCheckpoints(
  context: CommandContext,
  options: { readonly allowLarge?: boolean } = {},
): Promise<Checkpoints> {
  const { repoDir, stateFolder } = context;
  const { allowLarge } = options;
  const folder = allowLarge === undefined ? {} : { newStoreAt: repoDir, allowLarge };
  return unwrap(await Checkpoints.open(repoDir, { stateFolder, ...folder }));
}

export function oneId(positionals: readonly string[]): string {
  const [id, ...rest] = positionals;
  if (id === undefined || rest.length > 0) throw new UsageError('exactly one checkpoint id is needed');
  return id;
}

/** A path as a person types it (relative to where they are) → relative to the repository's top folder, with slashes. */
export function repositoryPath(context: CommandContext, top: string, given: string): string {
  const relative = path.relative(realpathSync(top), path.resolve(realpathSync(context.repoDir), given));
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) {
    throw new CommandError('bad-path', `${given} is outside of the repository ${top}. Nothing was changed.`);
  }
  return relative.split(path.sep).join('/');
}
