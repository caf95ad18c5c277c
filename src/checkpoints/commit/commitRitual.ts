/*
 * Commit mode's two git commands, through simple-git. A bundle of its own (dist/commitMode.cjs), which the hook, the CLI and the
 * editor load when a commit is really to be made: nobody in hidden mode pays for the library.
 *
 * What simple-git 4 does and how it is met here:
 * - It reports a git that was killed, or that fails without a word, as success: `errors` looks at the exit code. Whether there is a
 *   commit, and which, is never taken from its answer (commitJournal.ts reads it from the repository).
 * - It drops inherited GIT_* variables and refuses those that are passed on but not named: all of ours are named.
 * - It refuses core.hooksPath, since a value from outside would run programs: ours is a constant that stops the user's hooks.
 *   `--no-verify` alone would leave prepare-commit-msg, post-commit, post-index-change and reference-transaction.
 * - It forbids abbreviated options through a variable that filters inherit: not needed, no argument comes from outside.
 * - It waits 50 ms after a command that prints nothing: `add` is made to print.
 */
import { simpleGit, type SimpleGit } from 'simple-git';

export interface RitualPlace {
  /** top folder of the working tree */
  readonly top: string;
  /** everything that git is to find in its environment: which index, whose name */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `-c` settings as `key=value` */
  readonly config: readonly string[];
}

function gitIn({ top, env, config }: RitualPlace, signal?: AbortSignal): SimpleGit {
  const git = simpleGit({
    baseDir: top,
    config: [...config, 'core.hooksPath=/dev/null', 'commit.gpgSign=false', 'i18n.commitEncoding=UTF-8'],
    allowEnvironment: Object.keys(env).filter((name) => /^git_/i.test(name)),
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeConfigPaths: true, allowAbbreviatedOptions: true },
    errors: (error, { exitCode }) => error ?? (exitCode === 0 ? undefined : new Error(`git ended with ${exitCode}`)),
    ...(signal ? { abort: signal } : {}),
  });
  return git.env({ ...env });
}

/**
 * `git add -A`
 * @param pathspecs a file of NUL-terminated pathspecs, for what is to be left out; null: everything
 */
export async function stageEverything(
  place: RitualPlace,
  pathspecs: string | null,
  signal?: AbortSignal,
): Promise<void> {
  const some = pathspecs === null ? [] : [`--pathspec-from-file=${pathspecs}`, '--pathspec-file-nul'];
  await gitIn(place, signal).add(['--all', '--verbose', ...some]);
}

/**
 * `git commit`. Takes no signal: killed, it would leave the branch locked behind; it takes milliseconds.
 * @param paragraphs subject and trailer
 */
export async function commitStaged(place: RitualPlace, paragraphs: readonly string[]): Promise<void> {
  await gitIn(place).commit([...paragraphs], {
    '--no-verify': null,
    '--no-gpg-sign': null,
    // A label may begin with whatever the user's comment character is.
    '--cleanup': 'verbatim',
  });
}
