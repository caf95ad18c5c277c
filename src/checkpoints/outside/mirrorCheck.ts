import { statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import { carriesOurRefs, type ConfigEntry } from './carriedRefs.ts';
import { splitRecords } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';

const answerSchema = v.object({
  v: v.literal(1),
  /** every file that git read its configuration from, or would if it were there, and its stamp ("" where there is none) */
  files: v.array(v.tuple([v.string(), v.string()])),
  /** what decides which files those are */
  surroundings: v.string(),
  carried: v.boolean(),
});

const deciding = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'];
const surroundings = (): string => JSON.stringify(deciding.map((name) => process.env[name] ?? null));

/**
 * Whether the repository's configuration would carry our refs away (carriedRefs.ts). Asked at each opening, so the answer is kept
 * until one of the files that it came from changes: a few `stat`s instead of a process.
 */
export async function isCarriedAway(repository: Repository): Promise<boolean> {
  const file = path.join(repository.privateDir, 'remotes.json');
  const known = await readJsonFile(file, answerSchema);
  const isCurrent =
    known?.surroundings === surroundings() && known.files.every(([name, stamp]) => stampOf(name) === stamp);
  if (isCurrent) return known.carried;

  // Before they are read: what changes meanwhile is then seen next time.
  const likely = likelyFiles(repository).map((name) => [name, stampOf(name)] as const);
  const text = (await repository.git.run(['config', '--list', '--show-origin', '-z'])).toString('utf8');
  const { entries, origins, includes, isConditional } = parseConfig(text, repository.top);
  const carried = carriesOurRefs(entries);
  // Which files count then changes with the branch: nothing is remembered.
  if (isConditional) return carried;
  const stamps = new Map([...[...origins, ...includes].map((name) => [name, stampOf(name)] as const), ...likely]);
  const answer = { v: 1, files: [...stamps], surroundings: surroundings(), carried };
  await writeFileAtomic(file, JSON.stringify(answer), 0o600, { isExpendable: true });
  return carried;
}

function stampOf(file: string): string {
  const info = statSync(file, { bigint: true, throwIfNoEntry: false });
  return info ? `${info.ino}:${info.mtimeNs}:${info.ctimeNs}:${info.size}` : '';
}

/** Where configuration may appear that is not there yet. */
function likelyFiles({ gitDir, commonDir }: Repository): string[] {
  const home = os.homedir();
  const global = process.env['GIT_CONFIG_GLOBAL'];
  const xdg = process.env['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  return [
    path.join(commonDir, 'config'),
    path.join(gitDir, 'config.worktree'),
    ...(global ? [global] : [path.join(home, '.gitconfig'), path.join(xdg, 'git', 'config')]),
    process.env['GIT_CONFIG_SYSTEM'] ?? '/etc/gitconfig',
  ];
}

interface ParsedConfig {
  readonly entries: readonly ConfigEntry[];
  readonly origins: ReadonlySet<string>;
  readonly includes: ReadonlySet<string>;
  readonly isConditional: boolean;
}

/** Parses `config --list --show-origin -z`: an origin, then `key\nvalue`, and so on. */
function parseConfig(text: string, top: string): ParsedConfig {
  const fields = splitRecords(text);
  const entries: ConfigEntry[] = [];
  const origins = new Set<string>();
  const includes = new Set<string>();
  let isConditional = false;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [origin = '', field = ''] = fields.slice(at, at + 2);
    const [key = '', ...value] = field.split('\n');
    const entry = { key, value: value.join('\n') };
    entries.push(entry);
    const from = origin.startsWith('file:') ? path.resolve(top, origin.slice(5)) : null;
    if (from !== null) origins.add(from);
    if (key === 'include.path') includes.add(includedFile(entry.value, from ?? top));
    if (/^includeif\..*\.path$/s.test(key)) includes.add(includedFile(entry.value, from ?? top));
    if (key.startsWith('includeif.onbranch:')) isConditional = true;
  }
  return { entries, origins, includes, isConditional };
}

function includedFile(value: string, from: string): string {
  return value.startsWith('~/') ? path.join(os.homedir(), value.slice(2)) : path.resolve(path.dirname(from), value);
}
