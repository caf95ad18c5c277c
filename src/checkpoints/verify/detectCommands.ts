import * as v from 'valibot';

/** The files of a folder that say how it is tested, by name; only those that exist. */
export type ProjectFiles = Readonly<Partial<Record<string, string>>>;

export interface FoundCommand {
  readonly command: string;
  /** where that was read */
  readonly source: string;
}

/** Files whose content tells something. */
export const toldBy = [
  'package.json',
  'GNUmakefile',
  'makefile',
  'Makefile',
  'pyproject.toml',
  'pytest.ini',
  'tox.ini',
  'setup.cfg',
  'Cargo.toml',
  'go.mod',
] as const;

/** Files of which it is enough that they are there. */
export const toldByPresence = [
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'conftest.py',
  'go.work',
] as const;

/** Commands that verify the project in a folder, the likeliest first: to be offered, never to be run unasked. */
export function detectVerifyCommands(files: ProjectFiles): readonly FoundCommand[] {
  const all = [
    ...fromPackageJson(files),
    ...fromMakefile(files),
    ...fromPython(files),
    ...fromCargo(files),
    ...fromGo(files),
  ];
  return [...new Map(all.map((found) => [found.command, found])).values()];
}

const manifestSchema = v.object({
  scripts: v.optional(v.record(v.string(), v.unknown()), {}),
  packageManager: v.optional(v.unknown()),
});

/** In this order of likelihood. */
const scriptNames = ['test', 'check', 'verify', 'test:unit', 'test:ci'];

function fromPackageJson(files: ProjectFiles): FoundCommand[] {
  const text = files['package.json'];
  if (text === undefined) return [];
  const parsed = v.safeParse(manifestSchema, parseJson(text));
  if (!parsed.success) return [];
  const { scripts, packageManager } = parsed.output;
  const runner = runnerOf(files, typeof packageManager === 'string' ? packageManager : '');
  return scriptNames.flatMap((name) => {
    const script = scripts[name];
    if (typeof script !== 'string' || isPlaceholder(script)) return [];
    return [{ command: scriptCommand(runner, name), source: `package.json, script "${name}"` }];
  });
}

/** What `npm init` writes. */
function isPlaceholder(script: string): boolean {
  return script.trim() === '' || /no test specified/i.test(script);
}

type Runner = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** What the manifest says counts before the lock files, of which there may be several. */
function runnerOf(files: ProjectFiles, packageManager: string): Runner {
  const named = /^(npm|pnpm|yarn|bun)@/.exec(packageManager)?.[1];
  if (named === 'npm' || named === 'pnpm' || named === 'yarn' || named === 'bun') return named;
  if ('pnpm-lock.yaml' in files) return 'pnpm';
  if ('yarn.lock' in files) return 'yarn';
  if ('bun.lock' in files || 'bun.lockb' in files) return 'bun';
  return 'npm';
}

function scriptCommand(runner: Runner, name: string): string {
  // `bun test` is bun's own test runner, not the script.
  if (runner === 'bun' || (runner === 'npm' && name !== 'test')) return `${runner} run ${name}`;
  return `${runner} ${name}`;
}

function fromMakefile(files: ProjectFiles): FoundCommand[] {
  // The first that is there is the one that make reads.
  const name = ['GNUmakefile', 'makefile', 'Makefile'].find((one) => files[one] !== undefined);
  const text = name === undefined ? undefined : files[name];
  if (name === undefined || text === undefined) return [];
  const targets = new Set(
    [...text.matchAll(/^([\w.\-/][\w.\-/ \t]*?)[ \t]*::?(?!=)/gm)].flatMap(([, names = '']) =>
      names.trim().split(/[ \t]+/),
    ),
  );
  return ['test', 'check'].flatMap((target) =>
    targets.has(target) ? [{ command: `make ${target}`, source: `${name}, target "${target}"` }] : [],
  );
}

function fromPython(files: ProjectFiles): FoundCommand[] {
  const project = files['pyproject.toml'] ?? '';
  const setup = files['setup.cfg'] ?? '';
  const tox = files['tox.ini'];
  const found: FoundCommand[] = [];
  const source =
    'pytest.ini' in files
      ? 'pytest.ini'
      : /^[ \t]*\[tool\.pytest\b/m.test(project) || /^[^#\n]*["']pytest\b/m.test(project)
        ? 'pyproject.toml'
        : /^\[tool:pytest\]/m.test(setup)
          ? 'setup.cfg'
          : tox !== undefined && /^\[pytest\]/m.test(tox)
            ? 'tox.ini'
            : 'conftest.py' in files
              ? 'conftest.py'
              : null;
  if (source !== null) found.push({ command: `${pythonPrefix(files, project)}pytest`, source });
  const hasTox = (tox !== undefined && /^\[tox\]|^\[testenv\]/m.test(tox)) || /^[ \t]*\[tool\.tox\b/m.test(project);
  if (hasTox) found.push({ command: 'tox', source: tox === undefined ? 'pyproject.toml' : 'tox.ini' });
  return found;
}

/** pytest lies in the project's own environment; who manages that can run it there. */
function pythonPrefix(files: ProjectFiles, project: string): string {
  if ('uv.lock' in files) return 'uv run ';
  if ('poetry.lock' in files || /^[ \t]*\[tool\.poetry\b/m.test(project)) return 'poetry run ';
  if ('pdm.lock' in files) return 'pdm run ';
  return 'python -m ';
}

function fromCargo(files: ProjectFiles): FoundCommand[] {
  const text = files['Cargo.toml'];
  if (text === undefined) return [];
  const isWorkspace = /^[ \t]*\[workspace\b/m.test(text);
  return [{ command: isWorkspace ? 'cargo test --workspace' : 'cargo test', source: 'Cargo.toml' }];
}

function fromGo(files: ProjectFiles): FoundCommand[] {
  return files['go.mod'] === undefined ? [] : [{ command: 'go test ./...', source: 'go.mod' }];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // Being edited, or not JSON at all: then it offers nothing.
    return null;
  }
}
