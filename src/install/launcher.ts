import { access, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  earlyCommands,
  earlyLookVariable,
  earlyProcessVariable,
  misleadingVariables,
} from '../checkpoints/capture/earlyLook.ts';
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

/** Where Node keeps what it compiled (from 22.1 on): a tenth of the hook's own time. Older ones do not know the variable. */
const compiledFolder = 'compiled';

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
  const git = (args: readonly string[]): string => `{ git ${args.map(shellQuote).join(' ')} & git=$!; wait "$git"; }`;
  const [facts = [], status = []] = earlyCommands;
  return [
    `if [ -z "${misleadingVariables.map((name) => `$${name}`).join('')}" ] && [ -d "$SOFT_LANDING_HOME/${earlyFolder}" ]; then`,
    `  ${earlyLookVariable}="$SOFT_LANDING_HOME/${earlyFolder}/$$"`,
    `  export ${earlyLookVariable}`,
    '  (',
    // Ended before its time (hook/earlyLook.ts), it ends its git too.
    `    trap 'kill "$git" 2>/dev/null; exit 0' TERM`,
    `    umask 077; exec >"$${earlyLookVariable}" 2>/dev/null </dev/null`,
    '    LC_ALL=C GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0; export LC_ALL GIT_OPTIONAL_LOCKS GIT_TERMINAL_PROMPT',
    `    ${git(facts)} && printf '\\0' && ${git(status)}`,
    `    printf '\\nend %d\\n' $?`,
    '  ) &',
    `  ${earlyProcessVariable}=$!`,
    `  export ${earlyProcessVariable}`,
    'fi',
  ];
}

/** Where the hook writes until when an agent cannot come near its reserve (epoch seconds), so that Node need not start to find out. */
export function farFile(stateFolder: string, agent: string): string {
  return path.join(stateFolder, 'landing', `${agent}.far`);
}

/** Longer is never believed: the clock was set back. */
export const longestFarSeconds = 120;

/**
 * After each batch of an agent's tools: ends at once while no limit can be near. Changed preferences end the truce. The input has to be
 * taken all the same, or the agent would see its pipe break.
 */
function leaveIfFar(): string[] {
  return [
    '  far="$SOFT_LANDING_HOME/landing/$1.far"',
    '  if [ -f "$far" ] && ! [ "$SOFT_LANDING_HOME/preferences.json" -nt "$far" ]; then',
    '    read -r until <"$far"',
    '    case $until in',
    // More digits than the time has are more than the shell can reckon with.
    "    '' | *[!0-9]* | ???????????*) ;;",
    '    *)',
    '      left=$((until - $(date +%s)))',
    `      if [ "$left" -gt 0 ] && [ "$left" -le ${longestFarSeconds} ]; then cat >/dev/null; exit 0; fi`,
    '      ;;',
    '    esac',
    '  fi',
  ];
}

/**
 * Goes on in a session of its own when the agent ends, and its hooks with it. We wait until it has that: until it lets go of our pipe.
 * A shell gives what it runs in the background no input unless told to, hence the copy of it. macOS has no setsid, but a perl.
 */
function startDetached(): string[] {
  const byShell = `setsid sh -c 'exec >/dev/null; exec "$@"' sh`;
  const byPerl = `perl -MPOSIX=setsid -e 'setsid; open STDOUT, ">/dev/null"; exec @ARGV'`;
  const start = (detach: string): string => `: "$(${detach} "$node" "$hook" "$@" <&3 2>/dev/null &)"`;
  return ['exec 3<&0', `if command -v setsid >/dev/null 2>&1; then ${start(byShell)}; else ${start(byPerl)}; fi`];
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
    `[ -d "$SOFT_LANDING_HOME/${compiledFolder}" ] && export NODE_COMPILE_CACHE="$SOFT_LANDING_HOME/${compiledFolder}"`,
    'case ${2-} in',
    `landing)`,
    ...leaveIfFar(),
    '  ;;',
    '"")',
    ...earlyLook().map((line) => `  ${line}`),
    '  ;;',
    'esac',
    `for node in ${runtimes.map(shellQuote).join(' ')} "$(command -v node)"; do`,
    '  [ -x "$node" ] || continue',
    '  [ "${2-}" = detached ] || exec "$node" "$hook" "$@"',
    ...startDetached().map((line) => `  ${line}`),
    '  exit 0',
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
  // Of another version's programs.
  const compiled = path.join(target.stateFolder, compiledFolder);
  await rm(compiled, { recursive: true, force: true });
  if (!isWindows) await makePrivateFolder(compiled);
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
