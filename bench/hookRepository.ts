import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const fileCount = 20_000;
const words = 'const let return function import export await async if else for while class type string number'.split(
  ' ',
);

/** A repository of 20,000 small files: the same bytes in every run. */
export interface BenchRepository {
  readonly dir: string;
  /** Gives `count` files, each in a folder of its own, a content they never had. Always the same files: no state piles up. */
  change(count: number): void;
  git(...args: string[]): string;
}

export function generateRepository(dir: string, env: NodeJS.ProcessEnv): BenchRepository {
  for (let index = 0; index < fileCount; index += 1) {
    const file = join(dir, nameOf(index));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contentOf(index));
  }
  writeFileSync(join(dir, '.gitignore'), 'node_modules/\nbuild/\n*.log\n');
  const repository = open(dir, env);
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
  return open(dir, env);
}

/**
 * Brings the index up to date with the files, as it is in a folder that somebody works in. A file as young as the index counts as "racy":
 * git would then read its content in every run.
 */
export async function settle(repositories: readonly BenchRepository[]): Promise<void> {
  await wait(1500);
  for (const repository of repositories) repository.git('update-index', '-q', '--really-refresh');
}

function open(dir: string, env: NodeJS.ProcessEnv): BenchRepository {
  let serial = 0;
  return {
    dir,
    change(count) {
      serial += 1;
      for (let number = 0; number < count; number += 1) {
        const index = Math.floor((number * fileCount) / count);
        writeFileSync(join(dir, nameOf(index)), `${contentOf(index)}// change ${serial}\n`);
      }
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
