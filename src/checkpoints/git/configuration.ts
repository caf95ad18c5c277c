import { statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import { splitRecords } from './git.ts';
import type { Repository } from './repository.ts';

/** One entry of git's configuration, its key as git prints it: `remote.<name>.push`. A key without a value, which means true, has "true". */
export interface ConfigEntry {
  readonly key: string;
  readonly value: string;
}

/** What we ask of git's configuration. A remote's URL is not kept: there may be a password in it. */
const asked = new RegExp(
  [
    '^core\\.(?:autocrlf|attributesfile|eol)$',
    '^attr\\.tree$',
    '^remote\\..*\\.(?:mirror|push|fetch)$',
    '^filter\\.lfs\\.(?:smudge|process)$',
    '^lfs\\.storage$',
  ].join('|'),
  's',
);

const memorySchema = v.object({
  v: v.literal(2),
  /** every file that git read its configuration from, or would if it were there, and its stamp ("" where there is none) */
  files: v.array(v.tuple([v.string(), v.string()])),
  /** what decides which files those are */
  surroundings: v.string(),
  entries: v.array(v.object({ key: v.string(), value: v.string() })),
  execPath: v.string(),
});

const deciding = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'];
const surroundings = (): string => JSON.stringify(deciding.map((name) => process.env[name] ?? null));

export interface Configuration {
  /** those that `asked` names, in git's order: the last one of a key counts */
  readonly entries: readonly ConfigEntry[];
  /** where git keeps its programs */
  readonly execPath: string;
}

/**
 * The part of git's configuration that decides how we save. Needed at each opening and for each changed state, so the answer is
 * kept until one of the files that it came from changes: a few `stat`s instead of a process of 4 ms.
 */
export async function readConfiguration(repository: Repository): Promise<Configuration> {
  const file = path.join(repository.privateDir, 'config.json');
  const known = await readJsonFile(file, memorySchema);
  if (known?.surroundings === surroundings() && known.files.every(([name, stamp]) => stampOf(name) === stamp)) {
    return known;
  }
  // Before they are read: what changes meanwhile is then seen next time.
  const likely = likelyFiles(repository).map((name) => [name, stampOf(name)] as const);
  const [text, execPath] = await Promise.all([
    repository.git.text(['config', '--list', '--show-origin', '-z']),
    repository.git.text(['--exec-path']),
  ]);
  const { entries, origins, includes, isConditional } = parseConfig(text, repository.top);
  const configuration = { entries, execPath: execPath.trim() };
  // Which files count then changes with the branch: nothing is remembered.
  if (isConditional) return configuration;
  const stamps = new Map([...[...origins, ...includes].map((name) => [name, stampOf(name)] as const), ...likely]);
  const memory = { v: 2, files: [...stamps], surroundings: surroundings(), ...configuration };
  await writeFileAtomic(file, JSON.stringify(memory), 0o600, { isExpendable: true });
  return configuration;
}

/** The value of a key that counts; null where it is not set. */
export function lastValue({ entries }: Configuration, key: string): string | null {
  return entries.findLast((entry) => entry.key === key)?.value ?? null;
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
    const [key = '', ...lines] = field.split('\n');
    const value = lines.length === 0 ? 'true' : lines.join('\n');
    if (asked.test(key)) entries.push({ key, value });
    const from = origin.startsWith('file:') ? path.resolve(top, origin.slice(5)) : null;
    if (from !== null) origins.add(from);
    if (key === 'include.path') includes.add(includedFile(value, from ?? top));
    if (/^includeif\..*\.path$/s.test(key)) includes.add(includedFile(value, from ?? top));
    if (key.startsWith('includeif.onbranch:')) isConditional = true;
  }
  return { entries, origins, includes, isConditional };
}

function includedFile(value: string, from: string): string {
  return value.startsWith('~/') ? path.join(os.homedir(), value.slice(2)) : path.resolve(path.dirname(from), value);
}
