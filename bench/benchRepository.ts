import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const words = 'const let return function import export await async if else for while class type string number'.split(
  ' ',
);

/** What a working folder must hold, to see whether a checkpoint really has it: path → content, null for what is not there. */
export type Expected = ReadonlyMap<string, string | null>;

/** A repository of many small files: the same bytes in every run. */
export interface BenchRepository {
  readonly dir: string;
  readonly fileCount: number;
  /** Gives `count` files, each in a folder of its own, a content they never had. Always the same files: no state piles up. */
  change(count: number): Expected;
  /** The same for 40 files, and 5 new ones; 5 others are deleted. */
  changeFifty(): Expected;
  git(...args: string[]): string;
}

export function generateRepository(dir: string, env: NodeJS.ProcessEnv, fileCount = 20_000): BenchRepository {
  for (let index = 0; index < fileCount; index += 1) {
    const file = join(dir, nameOf(index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contentOf(index));
  }
  writeFileSync(join(dir, '.gitignore'), 'node_modules/\nbuild/\n*.log\n');
  const repository = open(dir, env, fileCount);
  repository.git('init', '--quiet', '--initial-branch=main');
  // A clean-up that some commit starts in the background would be measured along with whatever runs next.
  repository.git('config', 'gc.auto', '0');
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message=first');
  // Packed, as a repository that was cloned is.
  repository.git('gc', '--quiet');
  return repository;
}

export function copyRepository(source: BenchRepository, dir: string, env: NodeJS.ProcessEnv): BenchRepository {
  cpSync(source.dir, dir, { recursive: true });
  return open(dir, env, source.fileCount);
}

/**
 * Brings the index up to date with the files, as it is in a folder that somebody works in. A file as young as the index counts as "racy":
 * git would then read its content in every run.
 */
export async function settle(repositories: readonly BenchRepository[]): Promise<void> {
  await wait(1500);
  for (const repository of repositories) repository.git('update-index', '-q', '--really-refresh');
}

function open(dir: string, env: NodeJS.ProcessEnv, fileCount: number): BenchRepository {
  let serial = 0;
  const write = (path: string, content: string): readonly [string, string] => {
    writeFileSync(join(dir, path), content);
    return [path, content];
  };
  const change = (count: number): Map<string, string | null> => {
    serial += 1;
    const chosen = Array.from({ length: count }, (_, number) => Math.floor((number * fileCount) / count));
    return new Map(chosen.map((index) => write(nameOf(index), `${contentOf(index)}// change ${serial}\n`)));
  };
  return {
    dir,
    fileCount,
    change,
    changeFifty() {
      const expected = change(40);
      for (let number = 0; number < 5; number += 1) {
        const [path, content] = write(`new${number}.ts`, `// new ${number}, change ${serial}\n`.repeat(40));
        expected.set(path, content);
        const deleted = nameOf(Math.floor((number * fileCount) / 5) + 1);
        rmSync(join(dir, deleted), { force: true });
        expected.set(deleted, null);
      }
      return expected;
    },
    git: (...args) => execFileSync('git', args, { cwd: dir, env, encoding: 'utf8', maxBuffer: 1 << 28, stdio: 'pipe' }),
  };
}

/** Twenty files to a folder, three folders deep. */
function nameOf(index: number): string {
  const [packageNumber, part, folder] = [
    Math.floor(index / 1000),
    Math.floor(index / 100) % 10,
    Math.floor(index / 20) % 5,
  ];
  return `packages/p${packageNumber}/part${part}/folder${folder}/file${index}.ts`;
}

function contentOf(index: number): string {
  let state = index * 2_654_435_761 + 1;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * limit);
  };
  const lines = Array.from({ length: 20 + next(80) }, () => {
    const line = Array.from({ length: 3 + next(4) }, () => words[next(words.length)] ?? '');
    return `  ${line.join(' ')} ${next(1e6)};`;
  });
  return `// file ${index}\n${lines.join('\n')}\n`;
}
