import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRepository } from '../support/repository.ts';

/** One start of VS Code. Its tests are those in suite/<name>/. */
export interface Session {
  readonly name: string;
  readonly trust: 'disabled' | 'restricted';
  /** when it is given up; 300 unless said */
  readonly seconds?: number;
  /** it waits most of its time: it is run beside the others, which go one after the other */
  readonly isPatient?: boolean;
  /** over the quiet settings */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** makes what the window shows and returns its path (null: an empty window) and what removes it */
  prepare(): { readonly open: string | null; remove(): void };
}

const files = { 'README.md': '# A small repository\n', 'src/app.ts': 'export const answer = 41;\n' };

/** Of the session `plan`: what verifies it. */
const passes = 'grep -q good app.txt';
/** One by the key it had in former versions. */
const planned = { 'softLanding.verify.command': passes, 'softLanding.handOver.atSessionStart': false };

export const sessions: readonly Session[] = [
  { name: 'repository', trust: 'disabled', prepare: oneRepository },
  { name: 'tools', trust: 'disabled', prepare: oneRepository },
  // One test waits for a timer that looks every half minute.
  { name: 'recovery', trust: 'disabled', prepare: oneRepository },
  { name: 'plan', trust: 'disabled', settings: planned, prepare: aTask },
  { name: 'multiroot', trust: 'disabled', prepare: severalFolders },
  { name: 'sets', trust: 'disabled', prepare: severalRepositories },
  { name: 'empty', trust: 'disabled', prepare: () => ({ open: null, remove: () => undefined }) },
  { name: 'untrusted', trust: 'restricted', settings: ambient(), prepare: oneRepository },
  // Its tests wait for quiet times, and for the rests that git's work is followed by.
  { name: 'ambient', trust: 'disabled', seconds: 500, isPatient: true, settings: ambient(), prepare: manyFiles },
];

/** A repository whose test is one command. */
function aTask(): { open: string; remove(): void } {
  const repository = makeRepository({ files: { ...files, 'app.txt': 'good\n' } });
  return { open: repository.dir, remove: () => repository.remove() };
}

/** As a person has it, but with the shortest quiet time. */
function ambient(): Readonly<Record<string, unknown>> {
  return { 'softLanding.checkpoints.ambient': { enabled: true, quietSeconds: 5 } };
}

function oneRepository(): { open: string; remove(): void } {
  const repository = makeRepository({ files });
  return { open: repository.dir, remove: () => repository.remove() };
}

/** Enough for a burst, beside a folder that git ignores. */
function manyFiles(): { open: string; remove(): void } {
  const text = Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('');
  const names = Array.from({ length: 20 }, (_, at) => `src/f${String(at).padStart(2, '0')}.txt`);
  const many = Object.fromEntries(names.map((name) => [name, `${name}\n${text}`]));
  const repository = makeRepository({ files: { ...files, ...many, '.gitignore': 'dist/\n' } });
  return { open: repository.dir, remove: () => repository.remove() };
}

/** A repository and a folder without one. */
function severalFolders(): { open: string; remove(): void } {
  const repository = makeRepository({ files });
  mkdirSync(join(repository.outer, 'plain'));
  writeFileSync(join(repository.outer, 'plain', 'notes.txt'), 'no repository here\n');
  const open = join(repository.outer, 'both.code-workspace');
  writeFileSync(open, JSON.stringify({ folders: [{ path: 'repository' }, { path: 'plain' }] }));
  return { open, remove: () => repository.remove() };
}

/** Two repositories, and a folder inside the first. */
function severalRepositories(): { open: string; remove(): void } {
  const [one, two] = [makeRepository({ files, name: 'one' }), makeRepository({ files, name: 'two' })];
  const open = join(one.outer, 'several.code-workspace');
  const folders = [{ path: one.dir }, { path: two.dir }, { path: join(one.dir, 'src'), name: 'source' }];
  writeFileSync(open, JSON.stringify({ folders }));
  return {
    open,
    remove: () => {
      one.remove();
      two.remove();
    },
  };
}
