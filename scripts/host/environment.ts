import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cacheFolder.ts';

/** What a surrounding editor or npm says about itself; a VS Code started with it takes itself for theirs. */
const surroundings = /^(VSCODE_|ELECTRON_|npm_|INIT_CWD$|NODE_OPTIONS$)/i;
/** What a developer's own set-up says to agents, git and to us. */
const personal = /^(ANTHROPIC_|CLAUDE|OPENAI_|CODEX_|GEMINI_|GOOGLE_|OPENCODE|GIT_|XDG_|SOFT_LANDING_HOME$)/i;

/** This process's environment without what describes a surrounding VS Code or npm. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return without(surroundings);
}

/**
 * The environment of a person who has nothing: `home` as home, no agent, key or configuration of the developer's own, and a git that reads
 * only the file made here. The cache stays the developer's, or every run would download it all again.
 */
export function privateEnvironment(home: string): NodeJS.ProcessEnv {
  const cache = cacheFolder();
  mkdirSync(home, { recursive: true });
  const gitConfig = join(home, '.gitconfig');
  if (!existsSync(gitConfig)) {
    writeFileSync(
      gitConfig,
      '[user]\n\tname = Test Person\n\temail = test@example.invalid\n[init]\n\tdefaultBranch = main\n',
    );
  }
  return {
    ...without(new RegExp(`${surroundings.source}|${personal.source}`, 'i')),
    HOME: home,
    USERPROFILE: home,
    GIT_CONFIG_GLOBAL: gitConfig,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    SOFT_LANDING_CACHE: cache,
  };
}

function without(names: RegExp): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)));
}
