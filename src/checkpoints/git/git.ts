/*
 * The one place that runs git for checkpoints: bytes in, bytes out.
 *
 * Not simple-git, though it is the library for ordinary reads: version 4 reports a git killed by a signal as success with
 * empty output, waits 50 ms after every silent command, and decodes names as UTF-8, which destroys those that are not.
 * A checkpoint must never be built on any of the three.
 */
import { spawn } from 'node:child_process';
import { errorCode } from '../../store/errno.ts';
import { CheckpointError } from '../failure.ts';

/** An object id: 40 (SHA-1) or 64 (SHA-256) hex digits. */
export type Oid = string;

/**
 * A path as git stores it, one character per byte (latin1): names that are not UTF-8 survive, and comparison is by bytes.
 * Turn it into text for people with `displayPath`, into a path for the file system with `Repository.absolute`.
 */
export type RawPath = string;

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** a private index file; without it git reads (never writes) the user's */
  readonly index?: string;
  /** exit codes that are answers, not failures; default [0] */
  readonly okCodes?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  /** `-c` settings of this call, over the fixed ones */
  readonly config?: Readonly<Record<string, string>>;
}

/** A git that waits for its input. */
export interface StartedGit {
  /** Gives it the input, and answers what it printed: as `Git.run`. */
  finish(input?: string | Uint8Array): Promise<Buffer>;
}

/** git ended with a code nobody expected. */
export class GitError extends Error {
  readonly code: number | null;
  readonly stderr: string;

  constructor(args: readonly string[], code: number | null, stderr: string) {
    super(`git ${args[0] ?? ''} ended with ${code ?? 'a signal'}: ${stderr.trim().slice(0, 500)}`);
    this.name = 'GitError';
    this.code = code;
    this.stderr = stderr;
  }

  /** By name, as that of CheckpointError. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'GitError';
  }
}

// Variables that redirect git to another repository, index or identity, or open an editor (Roo-Code #4567: a leaked GIT_DIR).
// Those that say where the user's configuration lies stay: it holds what they ignore everywhere, and their filters.
const redirecting = /^(git_(?!config_(global|system|nosystem)$)|editor$|visual$|pager$|prefix$|ssh_askpass$)/i;

export const fixedConfig = Object.entries({
  'core.quotePath': 'false',
  'core.splitIndex': 'false',
  'core.safecrlf': 'false',
  'core.logAllRefUpdates': 'false',
  // Even plumbing fires hooks: post-index-change on a private index; reference-transaction can veto our refs.
  'core.hooksPath': '/dev/null',
  'core.fsync': 'loose-object,reference',
  // One flush for all objects of a command, before any of them has its name: as safe, and 50 folders take 45 ms instead of 110.
  'core.fsyncMethod': 'batch',
  'submodule.recurse': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
});

/**
 * For objects that a ref is about to name: they are handed to the disk before they have their names, and the flush that the ref gets
 * is theirs too. (One flush less, of some milliseconds.)
 */
export const flushedWithRef = { 'core.fsyncMethod': 'writeout-only' };

const fixedEnv = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_LAZY_FETCH: '1',
  LC_ALL: 'C',
  GIT_AUTHOR_NAME: 'Soft Landing',
  GIT_AUTHOR_EMAIL: 'soft-landing@localhost',
  GIT_COMMITTER_NAME: 'Soft Landing',
  GIT_COMMITTER_EMAIL: 'soft-landing@localhost',
};

/** This process's environment without whatever would send git elsewhere, and with what every call of ours carries. */
export function gitEnvironment(extra: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !redirecting.test(name));
  return { ...Object.fromEntries(inherited), ...fixedEnv, ...extra };
}

/** Ends git and what it started (filters, fsmonitor). It leads a process group of its own wherever the platform has those. */
function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Who waits for git. */
export interface GitWaiter {
  /** a deadline or cancellation */
  readonly signal?: AbortSignal | undefined;
  /** told at each start of a git: until it ends there is time for something else */
  readonly onStart?: (() => void) | undefined;
}

/** Runs git in one folder, for somebody who waits for it. */
export class Git {
  readonly cwd: string;
  readonly #waiter: GitWaiter;
  readonly #env: Readonly<Record<string, string>>;

  /** @param env set for every call, for a repository that git would not find by itself (GIT_DIR and the like) */
  constructor(cwd: string, waiter: GitWaiter = {}, env: Readonly<Record<string, string>> = {}) {
    this.cwd = cwd;
    this.#waiter = waiter;
    this.#env = env;
  }

  /** The same without the deadline, for the short commands that must not be killed: git would leave a ref's lock behind. */
  uninterrupted(): Git {
    return this.waitedForBy({ onStart: this.#waiter.onStart });
  }

  /** The same for somebody else. */
  waitedForBy(waiter: GitWaiter): Git {
    return new Git(this.cwd, waiter, this.#env);
  }

  /** stdout as bytes. Throws GitError, or CheckpointError `no-git` / `aborted`. */
  run(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
    return this.start(args, options).finish(options.input);
  }

  /** Starts a git whose input is not known yet, so that it is up by then. Whoever starts one has to `finish` it. */
  start(args: readonly string[], options: Omit<GitOptions, 'input'> = {}): StartedGit {
    const { signal, onStart } = this.#waiter;
    if (signal?.aborted) {
      const refused = new CheckpointError('aborted', 'Stopped before git was run.');
      return { finish: () => Promise.reject(refused) };
    }
    const config = [...fixedConfig, ...Object.entries(options.config ?? {})];
    const argv = [...config.flatMap(([key, value]) => ['-c', `${key}=${value}`]), ...args];
    const index = options.index ? { GIT_INDEX_FILE: options.index } : {};
    const env = gitEnvironment({ ...this.#env, ...index, ...options.env });

    const child = spawn('git', argv, {
      cwd: this.cwd,
      env,
      windowsHide: true,
      detached: process.platform !== 'win32',
    });
    // git may end without reading all of its input (EPIPE); its exit code tells what that meant.
    child.stdin.on('error', () => undefined);
    const output = new Promise<Buffer>((resolve, reject) => {
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      const abort = () => killTree(child.pid);
      signal?.addEventListener('abort', abort, { once: true });
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.once('error', (error) => {
        signal?.removeEventListener('abort', abort);
        reject(
          errorCode(error) === 'ENOENT'
            ? new CheckpointError('no-git', 'git could not be started in {0}.', [this.cwd], { cause: error })
            : error,
        );
      });
      child.once('close', (code) => {
        signal?.removeEventListener('abort', abort);
        if (signal?.aborted) reject(new CheckpointError('aborted', 'Stopped while git was running.'));
        else if (code !== null && (options.okCodes ?? [0]).includes(code)) resolve(Buffer.concat(out));
        else reject(new GitError(args, code, Buffer.concat(err).toString('utf8')));
      });
    });
    // It may fail before anybody waits for it.
    output.catch(() => undefined);
    onStart?.();
    return {
      finish(input = '') {
        child.stdin.end(input);
        return output;
      },
    };
  }

  /** stdout as text, one character per byte. */
  async text(args: readonly string[], options: GitOptions = {}): Promise<string> {
    return (await this.run(args, options)).toString('latin1');
  }

  /** The single object id a command prints; anything else is a failure, never a guess. */
  async oid(args: readonly string[], options: GitOptions = {}): Promise<Oid> {
    const text = (await this.text(args, options)).trim();
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) throw new GitError(args, 0, `not an object id: ${text}`);
    return text;
  }
}

/** A raw path's bytes, for git's stdin and for the file system. */
export function pathBytes(path: RawPath): Buffer {
  return Buffer.from(path, 'latin1');
}

export function displayPath(path: RawPath): string {
  return pathBytes(path).toString('utf8');
}

/** The raw form of a path that came from a person or an agent as text. */
export function rawPath(text: string): RawPath {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** NUL-terminated records for `-z --stdin`. */
export function records(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\0`).join(''), 'latin1');
}

export function splitRecords(text: string): string[] {
  return text.split('\0').filter((record) => record !== '');
}
