import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Everything of a repository that is the user's and that a checkpoint must leave as it is. */
export interface RepositoryState {
  readonly branch: string;
  readonly head: string;
  readonly index: string;
  readonly stashes: string;
  readonly reflog: string;
  readonly log: string;
  readonly status: string;
}

/** A git repository in a temporary folder of its own. */
export interface Repository {
  /** the temporary folder around it, for a home or a state folder beside the working tree */
  readonly outer: string;
  readonly dir: string;
  git(...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  read(path: string): string;
  state(): RepositoryState;
  remove(): void;
}

export interface RepositoryOptions {
  /** written and committed, unless `commit` is false */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** name of the working tree's folder */
  readonly name?: string;
  /** false: an unborn branch with the files untracked */
  readonly commit?: boolean;
}

/**
 * An environment in which git sees no configuration but the repository's own. Variables such as GIT_DIR are dropped: they are set when
 * the tests run from a git hook, and would send every command below to this project's repository.
 */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    // A look at the repository must not be what refreshes its index.
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/** Makes a repository on branch `main`, by default with one commit of `files`. The caller removes it. */
export function makeRepository(options: RepositoryOptions = {}): Repository {
  // The real path, because git prints that one (macOS: /var is a link to /private/var).
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-test-')));
  const dir = join(outer, options.name ?? 'repository');
  mkdirSync(dir);
  const repository = openRepository(dir, outer);
  repository.git('init', '--quiet', '--initial-branch=main');
  // Commits need an author, and the developer's own configuration is hidden (gitEnvironment).
  repository.git('config', 'user.name', 'Test Person');
  repository.git('config', 'user.email', 'test@example.invalid');
  repository.git('config', 'core.autocrlf', 'false');
  for (const [path, content] of Object.entries(options.files ?? {})) repository.write(path, content);
  if (options.commit !== false) {
    repository.git('add', '--all');
    repository.git('commit', '--quiet', '--allow-empty', '--message=first');
  }
  return repository;
}

function openRepository(dir: string, outer: string): Repository {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: dir, env: gitEnvironment(), encoding: 'utf8', maxBuffer: 1 << 28, stdio: 'pipe' });
  const orEmpty = (...args: string[]): string => {
    try {
      return git(...args);
    } catch {
      return '';
    }
  };
  return {
    outer,
    dir,
    git,
    write(path, content) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    },
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    state: () => ({
      // These fail on a detached or unborn HEAD and in a repository without a reflog; "nothing" is then the state.
      branch: orEmpty('symbolic-ref', 'HEAD').trim(),
      head: orEmpty('rev-parse', '--verify', '--quiet', 'HEAD').trim(),
      index: git('ls-files', '--stage'),
      stashes: git('stash', 'list'),
      reflog: orEmpty('reflog', '--all'),
      log: git('log', '--all', '--format=fuller'),
      status: git('status', '--porcelain=v2'),
    }),
    remove: () => rmSync(outer, { recursive: true, force: true, maxRetries: 5 }),
  };
}
