import { access, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { earlyCommands, earlyLookVariable, misleadingVariables } from '../checkpoints/capture/earlyLook.ts';
import { makePrivateFolder, readFileOrNull, writeFileAtomic } from '../store/atomicFile.ts';

/** What the launcher starts. All absolute paths. */
export interface LauncherTarget {
  /** the current version's hook.cjs */
  readonly hook: string;
  /** programs that can run it, best first: the user's Node, the editor's own */
  readonly runtimes: readonly string[];
  readonly stateFolder: string;
}

const earlyFolder = 'early';

const isWindows = process.platform === 'win32';

/** The launcher's path never changes between versions, so that agents' settings (and Codex's trust in them) stay valid. */
export function launcherFile(stateFolder: string): string {
  return path.join(stateFolder, 'bin', isWindows ? 'soft-landing-hook.cjs' : 'soft-landing-hook');
}

/** A word for /bin/sh that stands for exactly these characters, whatever they are. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Lets git look at the folder while Node starts: on a large repository that is a third of the hook's time. It writes into a file, and
 * nobody waits for it but the hook, which does not wait for long.
 */
function earlyLook(): string[] {
  const git = (args: readonly string[]): string => `git ${args.map(shellQuote).join(' ')}`;
  const [facts = [], status = []] = earlyCommands;
  return [
    `if [ -z "${misleadingVariables.map((name) => `$${name}`).join('')}" ] && [ -d "$SOFT_LANDING_HOME/${earlyFolder}" ]; then`,
    `  ${earlyLookVariable}="$SOFT_LANDING_HOME/${earlyFolder}/$$"`,
    `  export ${earlyLookVariable}`,
    '  (',
    `    umask 077; exec >"$${earlyLookVariable}" 2>/dev/null </dev/null`,
    '    LC_ALL=C GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0; export LC_ALL GIT_OPTIONAL_LOCKS GIT_TERMINAL_PROMPT',
    `    ${git(facts)} && printf '\\0' && ${git(status)}`,
    `    printf '\\nend %d\\n' $?`,
    '  ) &',
    'fi',
  ];
}

/** Pure; every failure inside it ends with exit 0 and silence: a missing extension must never disturb an agent. */
export function launcherText({ hook, runtimes, stateFolder }: LauncherTarget, windows = isWindows): string {
  if (windows) {
    return [
      '// Written by Soft Landing, kept current by the extension and the CLI.',
      `process.env.SOFT_LANDING_HOME = ${JSON.stringify(stateFolder)};`,
      `try { require(${JSON.stringify(hook)}); } catch (error) { if (error.code !== 'MODULE_NOT_FOUND') throw error; }`,
      '',
    ].join('\n');
  }
  return [
    '#!/bin/sh',
    '# Written by Soft Landing, kept current by the extension and the CLI. Agents call this path; it never changes.',
    `hook=${shellQuote(hook)}`,
    '[ -f "$hook" ] || exit 0',
    `SOFT_LANDING_HOME=${shellQuote(stateFolder)}`,
    // An editor's own binary runs as Node with this; Node itself does not care.
    'ELECTRON_RUN_AS_NODE=1',
    'export SOFT_LANDING_HOME ELECTRON_RUN_AS_NODE',
    ...earlyLook(),
    `for node in ${runtimes.map(shellQuote).join(' ')} "$(command -v node)"; do`,
    '  [ -x "$node" ] && exec "$node" "$hook" "$@"',
    'done',
    'exit 0',
    '',
  ].join('\n');
}

/** Also takes away what hooks that were killed have left there. */
async function prepareEarlyFolder(folder: string): Promise<void> {
  await makePrivateFolder(folder);
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const info = await stat(file).catch(() => null);
    if (info && Date.now() - info.mtimeMs > 3_600_000) await rm(file, { force: true });
  }
}

/** Writes the launcher if it differs. */
export async function writeLauncher(target: LauncherTarget): Promise<void> {
  const file = launcherFile(target.stateFolder);
  const text = launcherText(target);
  if (!isWindows) await prepareEarlyFolder(path.join(target.stateFolder, earlyFolder));
  if ((await readFileOrNull(file))?.toString('utf8') === text) return;
  await makePrivateFolder(path.dirname(file));
  await writeFileAtomic(file, text, 0o700);
}

/** Brings an existing launcher up to date; makes none, since nothing may refer to it. */
export async function refreshLauncher(target: LauncherTarget): Promise<void> {
  if (await readFileOrNull(launcherFile(target.stateFolder))) await writeLauncher(target);
}

/** How an agent's settings start the launcher. Windows cannot execute a script directly, so there Node is named. */
export function launcherCommand(target: LauncherTarget, agent: string): { command: string; args: string[] } {
  const file = launcherFile(target.stateFolder);
  return isWindows ? { command: target.runtimes[0] ?? 'node', args: [file, agent] } : { command: file, args: [agent] };
}

/** The first `node` on PATH, or null. Whether it is new enough is for the caller to ask it. */
export async function findNode(env: Readonly<Record<string, string | undefined>>): Promise<string | null> {
  return findProgram(['node'], env);
}

/** The first program of these names on PATH, or null. */
export async function findProgram(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const endings = isWindows ? ['.exe', '.cmd'] : [''];
  for (const folder of (env['PATH'] ?? '').split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    for (const file of names.flatMap((name) => endings.map((ending) => path.join(folder, `${name}${ending}`)))) {
      const found = await access(file).then(
        () => true,
        () => false,
      );
      if (found) return file;
    }
  }
  return null;
}
